package dev.sallyport.api.ctl;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say where evidence comes from; without any, the platform that this runs on is asked. */
final class EvidenceOptions {

    static final String DEFAULT_VARIABLE = "SALLYPORT_EVIDENCE";

    /** More than any platform's token has. */
    private static final int MOST = 64 * 1024;

    @Option(
            names = "--evidence",
            paramLabel = "FILE|-",
            description = "the platform's token, in a file or on standard input")
    private @Nullable String file;

    @Option(
            names = {"--env", "--token-env"},
            paramLabel = "NAME",
            description =
                    "the environment variable that holds the platform's token, such as that of GitLab's id_tokens")
    private @Nullable String variable;

    @Option(
            names = "--platform",
            paramLabel = "NAME",
            description = "the platform that this runs on, where it is not found: ${COMPLETION-CANDIDATES}")
    private @Nullable Platform platform;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "the projected token of a pod, or a file with an SVID (" + Platform.PROJECTED + ")")
    private @Nullable Path projected;

    @Option(
            names = "--azure-resource",
            paramLabel = "URI",
            description = "the application that stands for the broker in Azure; or SALLYPORT_AZURE_RESOURCE")
    private @Nullable String azureResource;

    /** Whether somebody said where to look. */
    boolean given() {
        return file != null || variable != null || platform != null || projected != null;
    }

    /** Evidence that is made out to the broker. */
    Evidence find(Surroundings surroundings, Broker broker) throws Failure {
        if (file != null) {
            return new Evidence("--evidence", read(file, surroundings));
        }
        if (variable != null) {
            String value = surroundings
                    .variable(variable)
                    .orElseThrow(() -> Failure.badInput("--env: the variable " + variable + " is not set"));
            return new Evidence("--env", value);
        }
        return new EvidenceFinder(surroundings, broker, projected, azureResource).find(chosen());
    }

    private @Nullable Platform chosen() {
        return platform == null && projected != null ? Platform.KUBERNETES : platform;
    }

    private static String read(String file, Surroundings surroundings) throws Failure {
        try (InputStream in = file.equals("-") ? surroundings.input() : Files.newInputStream(Path.of(file))) {
            return text(in.readNBytes(MOST + 1), "--evidence: " + file);
        } catch (IOException e) {
            throw Failure.badInput("--evidence: " + file + " can't be read");
        }
    }

    /** Evidence in a file of the platform's. */
    static String read(Path file) throws Failure {
        try (InputStream in = Files.newInputStream(file)) {
            return text(in.readNBytes(MOST + 1), file.toString());
        } catch (IOException e) {
            throw Failure.badInput(file + " can't be read");
        }
    }

    private static String text(byte[] bytes, String where) throws Failure {
        String text = new String(bytes, StandardCharsets.UTF_8).strip();
        if (bytes.length > MOST || text.isEmpty()) {
            throw Failure.badInput(where + " holds no token");
        }
        return text;
    }
}
