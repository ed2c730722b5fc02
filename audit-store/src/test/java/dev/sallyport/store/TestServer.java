package dev.sallyport.store;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A durable server of its own that a test may kill, starve and start again on the same directory and port. */
final class TestServer implements AutoCloseable {

    private final Path directory;
    private EmbeddedPostgres server;

    private TestServer(Path directory, EmbeddedPostgres server) {
        this.directory = directory;
        this.server = server;
    }

    static TestServer start(Path directory) throws IOException {
        return new TestServer(directory, builder(directory).start());
    }

    int port() {
        return server.getPort();
    }

    /** Starts it again, after it has ended. */
    void restart() throws IOException {
        server.close();
        server = builder(directory).setPort(server.getPort()).start();
    }

    private static EmbeddedPostgres.Builder builder(Path directory) {
        return TestDatabase.durable().setDataDirectory(directory).setCleanDataDirectory(false);
    }

    /** As {@code pg_ctl stop -m immediate} does: every process ends where it stands, nothing is written out. */
    void killAtOnce() throws IOException, InterruptedException {
        ProcessHandle postmaster = postmaster();
        run(List.of("kill", "-QUIT", Long.toString(postmaster.pid())));
        postmaster.onExit().orTimeout(20, TimeUnit.SECONDS).join();
    }

    boolean isAlive() {
        return Files.exists(pidFile()) && postmaster().isAlive();
    }

    /** Lets no file of the server grow beyond a size, as if the disk were full; "unlimited" ends that. */
    void limitFiles(String bytes) throws IOException, InterruptedException {
        ProcessHandle postmaster = postmaster();
        for (ProcessHandle process :
                Stream.concat(Stream.of(postmaster), postmaster.children()).toList()) {
            int _ = run(List.of("prlimit", "--fsize=" + bytes + ":", "--pid", Long.toString(process.pid())));
        }
    }

    private ProcessHandle postmaster() {
        try {
            return ProcessHandle.of(Long.parseLong(Files.readAllLines(pidFile()).getFirst()))
                    .orElseThrow();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private Path pidFile() {
        return directory.resolve("postmaster.pid");
    }

    static int run(List<String> command) throws IOException, InterruptedException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
