package dev.sallyport.api.child;

import dev.sallyport.api.Sallyport;
import java.io.BufferedReader;
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

/**
 * This program once more, in a process of its own, so that it can be measured, and killed, like a real one.
 *
 * <p>It runs on the same Java and the same classes, with the flags that {@code ./broker} gives. Its standard error goes to a
 * file; what it says on standard output is read for the line that tells it is ready.
 */
public final class Child implements AutoCloseable {

    /** How a broker's ready line begins. */
    public static final String BROKER_READY = "sallyport ready ";

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration GRACE = Duration.ofSeconds(15);

    private static final List<String> FLAGS = List.of(
            "-Xms64m",
            "-Xmx256m",
            "-XX:+UseG1GC",
            "-XX:+UseCompactObjectHeaders",
            "-XX:+ExitOnOutOfMemoryError",
            "--enable-native-access=ALL-UNNAMED");

    private final Process process;
    private final Path log;
    private final CompletableFuture<String> ready = new CompletableFuture<>();

    private Child(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    static Child start(List<String> arguments, Path log, String readyPrefix) throws IOException {
        Child child = new Child(command(arguments).redirectError(log.toFile()).start(), log);
        Thread.ofVirtual().start(() -> child.watch(readyPrefix));
        return child;
    }

    /** For those that do not get ready, but end by themselves; whoever starts one sees to it that it does. */
    public static ProcessBuilder command(List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(FLAGS);
        command.addAll(classes());
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command);
        // The settings of a broker that its user runs elsewhere are not for this one.
        builder.environment().keySet().removeIf(name -> name.startsWith("SALLYPORT_") || name.startsWith("SPRING_"));
        return builder;
    }

    /** Waits until it is ready, and returns what its line says after the prefix. */
    String awaitReady() throws IOException {
        try {
            return ready.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while a child process was starting", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("a child process did not get ready; its log says:\n" + Files.readString(log), e);
        }
    }

    /** What it said when it was ready, after the prefix: the first word, its base URL. */
    public String baseUrl() {
        return ready.join().split(" ", -1)[0];
    }

    public long pid() {
        return process.pid();
    }

    /** As {@code kill -9} does: no chance to say goodbye. */
    public void killHard() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Asks it to stop and waits for that; insists after a while. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(GRACE.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private void watch(String readyPrefix) {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(readyPrefix)) {
                    ready.complete(line.substring(readyPrefix.length()));
                }
            }
        } catch (IOException e) {
            ready.completeExceptionally(e);
        }
        ready.completeExceptionally(new IOException("the child process ended"));
    }

    /** The jar with everything in it, or the class path of a build. */
    private static List<String> classes() {
        String classPath = System.getProperty("java.class.path");
        boolean oneJar = Sallyport.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toString()
                .contains("nested:");
        return oneJar ? List.of("-jar", classPath) : List.of("-cp", classPath, Sallyport.class.getName());
    }
}
