package dev.sallyport.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A program of others that tests run beside the broker; {@code src/test/peers/build} builds them, which takes minutes. */
record RealProgram(Path path) {

    private static final Path BUILT = Path.of("target", "peers").toAbsolutePath();

    /** The program of this name; where it was not built the test is skipped with a message. */
    static RealProgram named(String name) {
        Path program = BUILT.resolve(name);
        assumeTrue(Files.isExecutable(program), name + " was not built: run broker-api/src/test/peers/build");
        return new RealProgram(program);
    }

    /** Starts it in a directory, where what it prints goes to a file of its name. */
    Process start(Path directory, List<String> arguments) throws IOException {
        return process(directory, arguments)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve(path.getFileName() + ".log").toFile())
                .start();
    }

    /** Runs it to its good end; returns what it prints. */
    String run(Path directory, List<String> arguments) throws IOException, InterruptedException {
        Process process = process(directory, arguments).start();
        process.getOutputStream().close();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String complaint = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(complaint).isZero();
        return printed;
    }

    private ProcessBuilder process(Path directory, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(path.toString()));
        command.addAll(arguments);
        return new ProcessBuilder(command).directory(directory.toFile());
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** PKCS #8. */
    static String pem(PrivateKey key) {
        return "-----BEGIN PRIVATE KEY-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded())
                + "\n-----END PRIVATE KEY-----\n";
    }
}
