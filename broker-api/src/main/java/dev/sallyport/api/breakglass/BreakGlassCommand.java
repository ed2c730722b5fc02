package dev.sallyport.api.breakglass;

import dev.sallyport.api.Sallyport;
import dev.sallyport.core.Invalid;
import dev.sallyport.core.Unavailable;
import dev.sallyport.store.Emergencies;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Callable;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code break-glass}: lets the database's owner in when no admin is left. */
@Command(
        name = "break-glass",
        mixinStandardHelpOptions = true,
        description = {
            "Lets whoever owns the database administer the broker, for a while, past all documents.",
            "Prints evidence to exchange for tokens of the admin API. The log has an alert before that.",
            "The password is that of PGPASSWORD, or of the file that PGPASSFILE names.",
            "Exit code 0: done; 1: the database refused; 2: a mistake in the options."
        })
public final class BreakGlassCommand implements Callable<Integer> {

    private static final Duration LONGEST = Duration.ofHours(4);
    private static final Duration SHORTEST = Duration.ofMinutes(1);
    private static final int MAX_REASON = 500;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @ArgGroup(multiplicity = "1")
    private Where where = new Where();

    @Option(
            names = "--database-user",
            paramLabel = "ROLE",
            defaultValue = "sallyport_owner",
            description = "the owner of the schema, ${DEFAULT-VALUE} by default")
    private String user = "";

    @Option(
            names = "--for",
            paramLabel = "DURATION",
            defaultValue = "PT1H",
            description = "for how long: PT1M to PT4H, ${DEFAULT-VALUE} by default")
    private String duration = "";

    @Option(names = "--reason", paramLabel = "TEXT", required = true, description = "why; it stays in the log")
    private String reason = "";

    @Option(names = "--end", description = "end all that is open, instead of opening more")
    private boolean end;

    private static final class Where {
        @Option(
                names = "--database-url",
                paramLabel = "URL",
                description = "the database, such as jdbc:postgresql://db.example/sallyport")
        private @Nullable String url;

        @Option(
                names = "--data",
                paramLabel = "DIR",
                description = "the data directory of a running broker on an embedded PostgreSQL")
        private @Nullable Path data;
    }

    @Override
    public Integer call() {
        PrintWriter err = spec.commandLine().getErr();
        try {
            Invalid.unless(!reason.isBlank() && reason.length() <= MAX_REASON, "reason", "must be 1 to 500 characters");
            Emergencies emergencies = new Emergencies(source(), InstantSource.system());
            return end ? closed(emergencies) : opened(emergencies, length());
        } catch (Invalid invalid) {
            err.println("sallyport: configuration error: " + invalid.field() + ": " + invalid.reason());
            return Sallyport.CONFIGURATION_ERROR;
        } catch (Unavailable refused) {
            Throwable cause = refused.getCause();
            err.println("sallyport: the database does not answer, or refuses: "
                    + (cause == null ? refused.what() : cause.getMessage()));
            return 1;
        }
    }

    private int opened(Emergencies emergencies, Duration length) {
        Instant now = emergencies.now().truncatedTo(ChronoUnit.SECONDS);
        OneTimeKey key = OneTimeKey.generate(now, now.plus(length));
        String evidence = key.evidence(emergencies.issuer());
        long entry = emergencies.open(key.door(), key.thumbprint(), reason);
        spec.commandLine()
                .getErr()
                .println("sallyport: open until " + key.door().until() + " for agent "
                        + key.door().name() + "; entry " + entry + " of the log says so");
        spec.commandLine().getOut().println(evidence);
        return 0;
    }

    private int closed(Emergencies emergencies) {
        int closed = emergencies.close(reason);
        spec.commandLine().getErr().println("sallyport: " + closed + " ended");
        return 0;
    }

    private Duration length() {
        try {
            Duration length = Duration.parse(duration);
            Invalid.unless(
                    length.compareTo(SHORTEST) >= 0 && length.compareTo(LONGEST) <= 0, "for", "must be PT1M to PT4H");
            return length;
        } catch (DateTimeParseException e) {
            throw new Invalid("for", "must be a duration such as PT1H");
        }
    }

    private DataSource source() {
        return where.data == null ? Logins.of(String.valueOf(where.url), user) : Logins.of(where.data, user);
    }
}
