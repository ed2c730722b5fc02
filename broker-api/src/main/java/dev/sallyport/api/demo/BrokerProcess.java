package dev.sallyport.api.demo;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A broker in a process of its own, so that it can be killed like a real one. */
final class BrokerProcess implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String READY = "sallyport ready ";

    private final Path directory;
    private final Path bundle;
    private @Nullable Process process;
    private String baseUrl = "";

    BrokerProcess(Path directory, String platformIssuer) throws IOException {
        this.directory = directory;
        this.bundle = directory.resolve("bundle.yaml");
        Files.writeString(bundle, bundle(platformIssuer));
    }

    /** The documents that the broker starts with. */
    String bundleText() throws IOException {
        return Files.readString(bundle);
    }

    /** Starts it, again perhaps, and returns how long it took to be ready. */
    Duration start() throws IOException {
        long started = System.nanoTime();
        Process broker = new ProcessBuilder(command())
                .redirectError(directory.resolve("broker.log").toFile())
                .start();
        process = broker;
        CompletableFuture<String> ready = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> watch(broker, ready));
        try {
            baseUrl = ready.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Story.Failed("interrupted while the broker was starting");
        } catch (ExecutionException | TimeoutException e) {
            throw new Story.Failed("the broker did not get ready; its log says:\n"
                    + Files.readString(directory.resolve("broker.log")));
        }
        return Duration.ofNanos(System.nanoTime() - started);
    }

    /** As {@code kill -9} does: no chance to say goodbye. */
    void killHard() throws InterruptedException {
        if (process != null) {
            process.destroyForcibly().waitFor();
        }
    }

    String baseUrl() {
        return baseUrl;
    }

    Path passwordFile() {
        return directory.resolve("data").resolve("pgpass");
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

    @Override
    public void close() {
        if (process != null) {
            process.destroy();
            try {
                if (!process.waitFor(15, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
    }

    private static void watch(Process broker, CompletableFuture<String> ready) {
        try (BufferedReader lines = broker.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(READY)) {
                    ready.complete(line.substring(READY.length()).split(" ", -1)[0]);
                }
            }
        } catch (IOException e) {
            ready.completeExceptionally(e);
        }
        ready.completeExceptionally(new IOException("the broker ended"));
    }

    private List<String> command() {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx256m", "-XX:+UseCompactObjectHeaders", "--enable-native-access=ALL-UNNAMED"));
        String classPath = System.getProperty("java.class.path");
        command.addAll(
                classPath.endsWith(".jar") && !classPath.contains(File.pathSeparator)
                        ? List.of("-jar", classPath)
                        : List.of("-cp", classPath, "dev.sallyport.api.Sallyport"));
        command.addAll(List.of("serve", "--port", "0", "--management-port", "0"));
        command.addAll(List.of("--data", directory.resolve("data").toString()));
        command.addAll(List.of("--bootstrap", bundle.toString(), "--allow-outbound", "localhost"));
        return command;
    }

    private static String bundle(String issuer) {
        return """
                trustProviders:
                  - name: acme-github
                    type: github-actions
                    issuer: %s
                    require: { repository_owner_id: "4242" }
                agents:
                  - name: invoice-bot
                    kind: workload
                    owner: billing-team
                    labels: { team: billing }
                    bindings:
                      - { provider: acme-github, match: { repository_id: "1001", ref: refs/heads/main } }
                targets:
                  - name: invoices
                    resource: https://invoices.example/mcp
                    kind: mcp-server
                    actions: [ "invoices:read", "invoices:write" ]
                    defaultActions: [ "invoices:read" ]
                  - name: ledger
                    resource: https://ledger.example/api
                    kind: api
                    actions: [ "ledger:read" ]
                policies:
                  - name: billing-reads-invoices
                    description: Billing agents may read invoices.
                    effect: allow
                    agents: [ { labels: { team: billing } } ]
                    targets: [ invoices ]
                    actions: [ "invoices:read" ]
                    grant: { ttl: PT2M }
                """.formatted(issuer);
    }
}
