package dev.sallyport.api.demo;

import dev.sallyport.api.child.Child;
import dev.sallyport.api.child.Scratch;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A broker in a process of its own, so that it can be killed like a real one. */
final class BrokerProcess {

    private final Scratch scratch;
    private final Path bundle;
    private @Nullable Child process;

    BrokerProcess(Scratch scratch, Platform ci, Platform cluster) throws IOException {
        this.scratch = scratch;
        this.bundle = scratch.path().resolve("bundle.yaml");
        Files.writeString(bundle, bundle(ci, cluster));
    }

    /** The documents that the broker starts with. */
    String bundleText() throws IOException {
        return Files.readString(bundle);
    }

    /** Starts it, again perhaps, and returns how long it took to be ready. */
    Duration start() {
        long started = System.nanoTime();
        try {
            process = scratch.start("broker.log", Child.BROKER_READY, arguments());
        } catch (IOException e) {
            throw new Story.Failed(String.valueOf(e.getMessage()));
        }
        return Duration.ofNanos(System.nanoTime() - started);
    }

    /** As {@code kill -9} does: no chance to say goodbye. */
    void killHard() throws InterruptedException {
        if (process != null) {
            process.killHard();
        }
    }

    String baseUrl() {
        return process == null ? "" : process.baseUrl();
    }

    Path passwordFile() {
        return data().resolve("pgpass");
    }

    /** The line of the password file for a role: host, port, database, user, password. */
    List<String> login(String role) throws IOException {
        return Files.readAllLines(passwordFile()).stream()
                .map(line -> List.of(line.split(":")))
                .filter(fields -> fields.get(3).equals(role))
                .findFirst()
                .orElseThrow();
    }

    String databasePort() {
        try {
            return login("sallyport_auditor").get(1);
        } catch (IOException e) {
            return "?";
        }
    }

    private Path data() {
        return scratch.path().resolve("data");
    }

    private List<String> arguments() {
        return List.of(
                "serve",
                "--port=0",
                "--management-port=0",
                "--data=" + data(),
                "--bootstrap=" + bundle,
                "--allow-outbound=localhost");
    }

    private static String bundle(Platform ci, Platform cluster) throws IOException {
        try (InputStream in = Objects.requireNonNull(BrokerProcess.class.getResourceAsStream("bundle.yaml"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .replace("@ci@", ci.issuer())
                    .replace("@cluster@", cluster.issuer());
        }
    }
}
