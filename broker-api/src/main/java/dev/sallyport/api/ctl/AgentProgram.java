package dev.sallyport.api.ctl;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** Asks a platform's own program for a token, where the platform offers no other way. */
final class AgentProgram {

    private static final int MOST = 64 * 1024;
    private static final long SECONDS = 20;

    private AgentProgram() {}

    /** What it prints. What it complains of goes to standard error, as it is. */
    static String token(String... command) throws Failure {
        try {
            Process program = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                    .start();
            try (InputStream out = program.getInputStream()) {
                // Whoever hangs is ended, and with it what it would have printed.
                Thread guard = Thread.ofVirtual().start(() -> endAfterAWhile(program));
                String token = new String(out.readNBytes(MOST), StandardCharsets.US_ASCII).strip();
                boolean ended = program.waitFor(SECONDS, TimeUnit.SECONDS);
                guard.interrupt();
                if (!ended || program.exitValue() != 0 || token.isEmpty()) {
                    throw Failure.outOfReach(command[0] + " gave no token");
                }
                return token;
            }
        } catch (IOException e) {
            throw Failure.outOfReach(command[0] + " can't be run here");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.outOfReach("interrupted");
        }
    }

    private static void endAfterAWhile(Process program) {
        try {
            if (!program.waitFor(SECONDS, TimeUnit.SECONDS)) {
                program.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
