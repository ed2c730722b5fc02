package dev.sallyport.api.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingInitializationContext;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.core.env.StandardEnvironment;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bench log}: appending to the log beside a bare program, and reading a log of some size. */
@Command(
        name = "log",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = "Measures the log alone: appending, beside a bare program that only stores; then the projector, "
                + "receipts, queries, export and verification at a size. Exit code 1 if anything failed.")
final class LogCommand implements Callable<Integer> {

    private static final int MOST_CALLERS = 1_024;
    private static final int MOST_SECONDS = 120;
    private static final long MOST_ENTRIES = 100_000_000;

    @Option(
            names = "--callers",
            paramLabel = "N,N",
            split = ",",
            defaultValue = "1,16,64",
            description = "how many append at a time, one phase each")
    private List<Integer> callers = List.of();

    @Option(names = "--seconds", paramLabel = "N", defaultValue = "10", description = "length of each phase")
    private int seconds;

    @Option(
            names = "--entries",
            paramLabel = "N",
            defaultValue = "200000",
            description = "entries to append before the log is read; ten million take 50 GB and an hour")
    private long entries;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description =
                    "keep the database there, and load only what its log lacks of --entries (default: a temporary "
                            + "directory)")
    private @Nullable Path data;

    @Option(
            names = {"-o", "--output"},
            defaultValue = "table",
            description = "table or json")
    private TokenCommand.Output output = TokenCommand.Output.TABLE;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws InterruptedException {
        callers.forEach(number -> within("--callers", number, MOST_CALLERS));
        within("--seconds", seconds, MOST_SECONDS);
        within("--entries", entries, MOST_ENTRIES);
        logToStandardError();
        PrintWriter progress = spec.commandLine().getErr();
        LogBench.Settings settings = new LogBench.Settings(callers, seconds, entries, data);
        try {
            LogReport report = new LogBench(settings, Clock.systemUTC(), progress).run();
            PrintWriter out = spec.commandLine().getOut();
            out.println(output == TokenCommand.Output.JSON ? report.json() : report.table());
            out.flush();
            return report.failed() ? 1 : 0;
        } catch (IOException | SQLException e) {
            progress.println("sallyport: the measurement failed: " + e.getMessage());
            return 1;
        }
    }

    /** As the broker does; standard output is for the figures. */
    private static void logToStandardError() {
        LoggingSystem logging = LoggingSystem.get(LogCommand.class.getClassLoader());
        logging.beforeInitialize();
        logging.initialize(new LoggingInitializationContext(new StandardEnvironment()), null, null);
        logging.setLogLevel(LoggingSystem.ROOT_LOGGER_NAME, LogLevel.WARN);
    }

    private void within(String option, long value, long most) {
        if (value < 1 || value > most) {
            throw new ParameterException(spec.commandLine(), option + ": must be from 1 to " + most);
        }
    }
}
