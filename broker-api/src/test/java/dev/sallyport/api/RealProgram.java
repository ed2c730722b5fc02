package dev.sallyport.api;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** A program of others that tests run beside the broker; {@code src/test/peers/build} builds them, which takes minutes. */
final class RealProgram {

    private static final Path BUILT = Path.of("target", "peers").toAbsolutePath();

    private RealProgram() {}

    /** Its path; where it was not built the test is skipped with a message. */
    static Path named(String name) {
        Path program = BUILT.resolve(name);
        assumeTrue(Files.isExecutable(program), name + " was not built: run broker-api/src/test/peers/build");
        return program;
    }
}
