package dev.sallyport.api.verify;

import dev.sallyport.core.Invalid;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code verify}: recomputes a log from an export or from what a broker publishes. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description = {
            "Recomputes the log from an export, or from a broker that publishes it, and names the first entry that is wrong.",
            "Exit code 0: it holds; 1: it does not; 2: a usage error, or something that can't be read."
        })
public final class VerifyCommand implements Callable<Integer> {

    private static final int WRONG = 1;
    private static final int UNREADABLE = 2;

    @Parameters(paramLabel = "FILE|URL", description = "an export (- for standard input), or a broker's base URL")
    private String subject = "";

    @Option(
            names = "--from",
            paramLabel = "N",
            defaultValue = "0",
            description = "the index to begin at: of an export its first line's, of a broker's log any")
    private long from;

    @Option(
            names = "--key",
            paramLabel = "VKEY",
            description = "the log's verifier key, from somewhere else than the server: <name>+<id>+<base64>")
    private @Nullable String key;

    @Option(names = "--checkpoint", paramLabel = "FILE", description = "a checkpoint to compare an export with")
    private @Nullable Path checkpoint;

    @Option(
            names = "--log",
            paramLabel = "URL",
            description = "a broker's base URL: compare each leaf of an export with what that log publishes")
    private @Nullable String log;

    @Option(
            names = "--to",
            paramLabel = "N",
            description = "with --log, the index that the export was to end at; without it, it was to hold all")
    private @Nullable Long to;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        check(from >= 0, "--from: must be an index, from 0");
        PrintWriter err = spec.commandLine().getErr();
        Progress progress = new Progress(err);
        try {
            VerifierKey given = key == null ? null : VerifierKey.parse(key);
            String held = isUrl() ? live(given, progress) : export(given, progress);
            PrintWriter out = spec.commandLine().getOut();
            out.println("ok: " + held);
            out.flush();
            return 0;
        } catch (Invalid invalid) {
            throw new ParameterException(spec.commandLine(), "--" + invalid.field() + ": " + invalid.reason(), invalid);
        } catch (Disagreement wrong) {
            progress.say("sallyport: " + wrong.what());
            return WRONG;
        } catch (Unreadable broken) {
            progress.say("sallyport: " + broken.getMessage());
            return UNREADABLE;
        }
    }

    private boolean isUrl() {
        return subject.startsWith("http://") || subject.startsWith("https://");
    }

    private String live(@Nullable VerifierKey given, Progress progress) throws Disagreement, Unreadable {
        check(checkpoint == null, "--checkpoint: is for exports; a broker's log has its own");
        check(log == null, "--log: is for exports");
        check(isBaseUrl(subject), "the URL must be a broker's base URL, such as https://broker.example");
        try (LogServer server = new LogServer(subject)) {
            VerifierKey used = given == null ? served(server, progress) : given;
            String held = new LiveCheck(server, used, from, progress).run();
            progress.say(
                    "What was deleted behind the newest checkpoint can't be seen from here. Details are not public: check"
                            + " an export for them.");
            return held;
        }
    }

    private static VerifierKey served(LogServer server, Progress progress) throws Disagreement, Unreadable {
        progress.say(
                "The key comes from the same server, so this proves only that the server agrees with itself; --key takes"
                        + " one that you know from elsewhere.");
        try {
            return server.checkpoint().signer(VerifierKey.parseAll(server.key()));
        } catch (Invalid invalid) {
            throw new Disagreement("the server's /log/key " + invalid.reason());
        }
    }

    private static boolean isBaseUrl(String url) {
        try {
            URI uri = URI.create(url);
            return uri.getHost() != null && uri.getRawQuery() == null && uri.getRawFragment() == null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private String export(@Nullable VerifierKey given, Progress progress) throws Disagreement, Unreadable {
        check(from == 0 || checkpoint == null, "--checkpoint: needs an export from 0");
        check(log == null || checkpoint == null, "--checkpoint: the log of --log has its own");
        check(to == null || log != null, "--to: is for --log");
        if (log == null) {
            return export(new ExportCheck(from, signed(), given, progress, null, Long.MAX_VALUE), progress);
        }
        check(isBaseUrl(log), "--log: must be a broker's base URL, such as https://broker.example");
        try (LogServer server = new LogServer(log)) {
            Published published = Published.before(from, server, given == null ? served(server, progress) : given);
            long end = to == null ? Long.MAX_VALUE : to;
            return export(new ExportCheck(from, null, given, progress, published, end), progress);
        }
    }

    private String export(ExportCheck export, Progress progress) throws Disagreement, Unreadable {
        try (InputStream bytes = bytes()) {
            String held = export.run(bytes);
            progress.say(
                    "What was deleted behind the last entry, or behind the last checkpoint, can't be seen from here.");
            return held;
        } catch (IOException e) {
            throw new Unreadable(subject + " can't be read", e);
        }
    }

    private @Nullable Checkpoint signed() throws Disagreement, Unreadable {
        if (checkpoint == null) {
            return null;
        }
        try (InputStream file = Files.newInputStream(checkpoint)) {
            return Checkpoint.parse(new String(file.readNBytes(Checkpoint.MAX_LENGTH), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new Unreadable(checkpoint + " can't be read", e);
        }
    }

    private InputStream bytes() throws IOException {
        return subject.equals("-") ? System.in : Files.newInputStream(Path.of(subject));
    }

    private void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new ParameterException(spec.commandLine(), otherwise);
        }
    }
}
