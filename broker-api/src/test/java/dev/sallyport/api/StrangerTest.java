package dev.sallyport.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sallyport.core.Hash;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The log as libraries of others see it, in another language: {@code src/test/go}. */
class StrangerTest {

    private static final Path PROGRAM = Path.of("src", "test", "go").toAbsolutePath();
    private static final Duration FETCHING = Duration.ofMinutes(2);
    private static final Duration CHECKING = Duration.ofMinutes(2);

    @TempDir
    static Path directory;

    private TestPlatform platform;
    private RunningBroker broker;

    @BeforeEach
    void start() {
        platform = TestPlatform.start();
        broker = RunningBroker.start(directory, platform, LogEndpointsTest.BUNDLE);
    }

    @AfterEach
    void stop() {
        broker.close();
        platform.close();
    }

    @Test
    void libraries_of_others_find_every_entry_every_receipt_and_no_fork() throws Exception {
        Path program = built();
        List<String> hashes = issued(600);

        Process stranger =
                go(program.toString(), broker.request("").build().uri().toString());
        try (BufferedReader said = stranger.inputReader();
                Writer asked = stranger.outputWriter()) {
            String checked = said.readLine();
            assertThat(checked).as("its first line").startsWith("checked ");
            hashes.addAll(issued(300));
            asked.write(String.join("\n", hashes) + "\n");
            asked.close();
            String[] result = String.valueOf(said.readLine()).split(" ", -1);

            assertThat(stranger.waitFor(CHECKING.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(stranger.exitValue()).isZero();
            assertThat(result).hasSize(3).startsWith("ok").endsWith(Integer.toString(hashes.size()));
            assertThat(Long.parseLong(result[1]))
                    .isGreaterThan(Long.parseLong(checked.substring("checked ".length())))
                    .isGreaterThan(hashes.size());
        } finally {
            stranger.destroyForcibly();
        }
    }

    /** The program, unless there is no Go, or its libraries can't be had. */
    private static Path built() throws IOException, InterruptedException {
        Path program = directory.resolve("stranger");
        assumeTrue(succeeds("go", "version"), "there is no go here");
        assumeTrue(succeeds("go", "mod", "download"), "the libraries of the Go program can't be fetched");
        assertThat(succeeds("go", "build", "-o", program.toString(), ".")).isTrue();
        return program;
    }

    private static boolean succeeds(String... command) throws InterruptedException {
        try {
            Process process = go(command);
            boolean ended = process.waitFor(FETCHING.toSeconds(), TimeUnit.SECONDS);
            process.destroyForcibly();
            return ended && process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static Process go(String... command) throws IOException {
        return new ProcessBuilder(command)
                .directory(PROGRAM.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** Issues so many tokens at once; returns their hashes. */
    private List<String> issued(int count) throws Exception {
        String evidence = platform.token("acme-broker", claims -> {});
        List<Future<String>> tokens = new ArrayList<>();
        try (ExecutorService callers = Executors.newFixedThreadPool(16)) {
            for (int i = 0; i < count; i++) {
                tokens.add(callers.submit(
                        () -> String.valueOf(broker.exchange(evidence).body().get("access_token"))));
            }
        }
        List<String> hashes = new ArrayList<>();
        for (Future<String> token : tokens) {
            hashes.add(Hash.hex(Hash.sha256(token.get().getBytes(StandardCharsets.US_ASCII))));
        }
        return hashes;
    }
}
