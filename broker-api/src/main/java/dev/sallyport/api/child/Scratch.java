package dev.sallyport.api.child;

import dev.sallyport.api.local.Orphan;
import dev.sallyport.core.Invalid;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.util.FileSystemUtils;

/** A temporary directory and the child processes that work in it: both go when it is closed, by Ctrl-C at the latest. */
public final class Scratch implements AutoCloseable {

    private static final String POSTMASTER = "postmaster.pid";
    private static final int POSTMASTER_DEPTH = 4;

    private final Path path;
    private final List<Child> children = new ArrayList<>();
    private boolean closed;

    private Scratch(Path path) {
        this.path = path;
    }

    public static Scratch open(String prefix) throws IOException {
        Scratch scratch = new Scratch(Files.createTempDirectory(prefix));
        Runtime.getRuntime().addShutdownHook(new Thread(scratch::close, "scratch"));
        return scratch;
    }

    public Path path() {
        return path;
    }

    /**
     * Starts a child and waits until it is ready.
     *
     * @param log the file in this directory that its standard error goes to
     * @param readyPrefix how the line begins with which it says so; a URL follows
     */
    public Child start(String log, String readyPrefix, List<String> arguments) throws IOException {
        Child child = begin(path.resolve(log), readyPrefix, arguments);
        child.awaitReady();
        return child;
    }

    private synchronized Child begin(Path log, String readyPrefix, List<String> arguments) throws IOException {
        if (closed) {
            throw new IOException("no child process is started any more");
        }
        Child child = Child.start(arguments, log, readyPrefix);
        children.add(child);
        return child;
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        children.forEach(Child::close);
        try {
            stopOrphans();
            FileSystemUtils.deleteRecursively(path);
        } catch (IOException | UncheckedIOException | Invalid e) {
            System.err.println("left behind: " + path + ": " + e.getMessage());
        }
    }

    /** A child that was killed hard leaves its PostgreSQL behind. */
    private void stopOrphans() throws IOException {
        try (Stream<Path> found = Files.find(path, POSTMASTER_DEPTH, (file, _) -> file.endsWith(POSTMASTER))) {
            for (Path file : found.toList()) {
                Orphan.stop(file.resolveSibling(""));
            }
        }
    }
}
