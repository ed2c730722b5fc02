package dev.sallyport.api.bench;

import dev.sallyport.api.Crypto;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bench token}: tokens for fresh assertions, issued by a real broker and by the bare program beside it. */
@Command(
        name = "token",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = "Measures tokens for fresh assertions: first the broker, then a bare program that does only what "
                + "can't be left out. Exit code 1 if a request failed.")
final class TokenCommand implements Callable<Integer> {

    private static final int MOST_AGENTS = 100_000;
    private static final int MOST_POLICIES = 10_000;
    private static final int MOST_SECONDS = 120;

    /** How the figures are written to standard output. */
    enum Output {
        TABLE,
        JSON
    }

    @Option(names = "--agents", paramLabel = "N", defaultValue = "10000", description = "agents in the directory")
    private int agents;

    @Option(names = "--policies", paramLabel = "N", defaultValue = "1000", description = "policies, ten for a target")
    private int policies;

    @Option(names = "--seconds", paramLabel = "N", defaultValue = "10", description = "length of each phase")
    private int seconds;

    @Option(names = "--evidence", defaultValue = "es256", description = "algorithm of the assertions: es256, rs256")
    private Evidence.Kind evidence = Evidence.Kind.ES256;

    @Option(
            names = {"-o", "--output"},
            defaultValue = "table",
            description = "table or json")
    private Output output = Output.TABLE;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws InterruptedException {
        within("--agents", agents, MOST_AGENTS);
        within("--policies", policies, MOST_POLICIES);
        within("--seconds", seconds, MOST_SECONDS);
        PrintWriter progress = spec.commandLine().getErr();
        TokenBench.Settings settings = new TokenBench.Settings(agents, policies, evidence, seconds);
        try {
            Report report = new TokenBench(settings, Crypto.fastest(), Clock.systemUTC(), progress).run();
            PrintWriter out = spec.commandLine().getOut();
            out.println(output == Output.JSON ? report.json() : report.table());
            out.flush();
            return report.failed() ? 1 : 0;
        } catch (IOException e) {
            progress.println("sallyport: the measurement failed: " + e.getMessage());
            return 1;
        }
    }

    private void within(String option, int value, int most) {
        if (value < 1 || value > most) {
            throw new ParameterException(spec.commandLine(), option + ": must be from 1 to " + most);
        }
    }
}
