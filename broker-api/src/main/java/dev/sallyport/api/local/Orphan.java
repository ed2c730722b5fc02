package dev.sallyport.api.local;

import dev.sallyport.core.Invalid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The server that a broker leaves behind when it is killed hard: it lives on and holds the directory.
 *
 * <p>Whoever holds the data directory's lock may stop it. It is asked for a fast shutdown (SIGINT), which ends other sessions.
 */
public final class Orphan {

    private static final Duration PATIENCE = Duration.ofSeconds(8);

    private Orphan() {}

    /** Stops the server that serves the directory, if one does. */
    public static void stop(Path directory) throws IOException {
        Path pidFile = directory.resolve("postmaster.pid");
        if (!Files.exists(pidFile)) {
            return;
        }
        List<String> lines = Files.readAllLines(pidFile);
        Optional<ProcessHandle> holder = lines.isEmpty()
                ? Optional.empty()
                : ProcessHandle.of(Long.parseLong(lines.getFirst().strip()));
        if (holder.isEmpty()) {
            return; // The server itself deals with the file of one that has died.
        }
        if (serves(holder.get(), directory)) {
            stop(holder.get(), directory);
        } else {
            Files.delete(pidFile); // The number is somebody else's now, after a reboot; the server would not dare.
        }
    }

    private static void stop(ProcessHandle server, Path directory) throws IOException {
        new ProcessBuilder("kill", "-INT", Long.toString(server.pid())).start();
        if (!ended(server)) {
            throw new Invalid("data", "a PostgreSQL that was left behind in " + directory + " does not stop");
        }
    }

    private static boolean ended(ProcessHandle server) {
        try {
            server.onExit().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException | ExecutionException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static boolean serves(ProcessHandle process, Path directory) {
        return process.info()
                .arguments()
                .map(Arrays::asList)
                .map(arguments -> arguments.contains(directory.toString()))
                .orElse(false);
    }
}
