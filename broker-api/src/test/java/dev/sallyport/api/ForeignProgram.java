package dev.sallyport.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A program of another language under {@code src/test/clients}, with the libraries that its lock file names.
 *
 * <p>Libraries are installed once, under {@code target}. Where the language is missing or the libraries can't be had, the
 * test is skipped with a message.
 */
final class ForeignProgram {

    private static final Path SOURCES = Path.of("src", "test", "clients").toAbsolutePath();
    private static final Path COPIES = Path.of("target", "clients").toAbsolutePath();
    private static final Duration INSTALLING = Duration.ofMinutes(4);
    private static final Duration RUNNING = Duration.ofMinutes(5);

    private final Path directory;
    private final List<String> command;

    private ForeignProgram(Path directory, List<String> command) {
        this.directory = directory;
        this.command = command;
    }

    static ForeignProgram node(String script) {
        Path directory = copied("node");
        assumeTrue(succeeds(directory, List.of("node", "--version")), "there is no node here");
        installed(directory, "package-lock.json", List.of(List.of("npm", "ci", "--ignore-scripts")));
        return new ForeignProgram(directory, List.of("node", script));
    }

    static ForeignProgram python(String script) {
        Path directory = copied("python");
        assumeTrue(succeeds(directory, List.of("python3", "--version")), "there is no python3 here");
        String python =
                directory.resolve("venv").resolve("bin").resolve("python").toString();
        installed(
                directory,
                "requirements.txt",
                List.of(
                        List.of("python3", "-m", "venv", "venv"),
                        List.of(python, "-m", "pip", "install", "--quiet", "-r", "requirements.txt")));
        return new ForeignProgram(directory, List.of(python, script));
    }

    static ForeignProgram go() {
        Path directory = copied("go");
        assumeTrue(succeeds(directory, List.of("go", "version")), "there is no go here");
        installed(directory, "go.sum", List.of(List.of("go", "mod", "download")));
        assertThat(succeeds(directory, List.of("go", "build", "-o", "clients", ".")))
                .isTrue();
        return new ForeignProgram(
                directory, List.of(directory.resolve("clients").toString()));
    }

    /** Runs it with the arguments; returns what it prints, and fails where it does. */
    String run(Map<String, String> environment, String... arguments) throws IOException, InterruptedException {
        Process process = start(environment, arguments);
        process.getOutputStream().close();
        return printed(process);
    }

    /** Starts it; whoever does so hands it to {@link #printed} in the end. */
    Process start(Map<String, String> environment, String... arguments) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                Stream.concat(command.stream(), Stream.of(arguments)).toList());
        builder.environment().putAll(environment);
        return builder.directory(directory.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** Its one line of output, once it has ended well. */
    static String printed(Process process) throws IOException, InterruptedException {
        try (BufferedReader output = process.inputReader()) {
            String line = String.valueOf(output.readLine());
            assertThat(process.waitFor(RUNNING.toSeconds(), TimeUnit.SECONDS))
                    .as("it ends")
                    .isTrue();
            assertThat(process.exitValue()).as(line).isZero();
            return line;
        } finally {
            process.destroyForcibly();
        }
    }

    private static Path copied(String language) {
        Path directory = COPIES.resolve(language);
        try (Stream<Path> files = Files.list(SOURCES.resolve(language))) {
            Files.createDirectories(directory);
            for (Path file : files.toList()) {
                Files.copy(file, directory.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Installs what the lock file names, unless that was done before. */
    private static void installed(Path directory, String lock, List<List<String>> commands) {
        Path stamp = directory.resolve("installed");
        try {
            byte[] wanted = Files.readAllBytes(directory.resolve(lock));
            if (!Files.exists(stamp) || Files.mismatch(stamp, directory.resolve(lock)) >= 0) {
                for (List<String> command : commands) {
                    assumeTrue(
                            succeeds(directory, command),
                            "the libraries of " + directory.getFileName() + " can't be fetched");
                }
                Files.write(stamp, wanted);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean succeeds(Path directory, List<String> command) {
        try {
            Process process = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("install.log").toFile())
                    .start();
            boolean ended = process.waitFor(INSTALLING.toSeconds(), TimeUnit.SECONDS);
            process.destroyForcibly();
            return ended && process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Writes what a program is told, as JSON; returns the file's path. */
    static String job(Path directory, String json) throws IOException {
        return Files.write(Files.createTempFile(directory, "job", ".json"), json.getBytes(StandardCharsets.UTF_8))
                .toString();
    }
}
