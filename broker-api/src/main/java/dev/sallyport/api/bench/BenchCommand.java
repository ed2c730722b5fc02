package dev.sallyport.api.bench;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bench}: measures, on this machine, what the broker does. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "Measures on this machine; sets no thresholds.",
        subcommands = {TokenCommand.class, LogCommand.class, BareProgram.class, CommandLine.HelpCommand.class})
public final class BenchCommand implements Runnable {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "bench: say what to measure: bench token, bench log");
    }
}
