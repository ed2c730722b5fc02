package dev.sallyport.api.ctl;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ctl audit}: reads the log. */
@Command(
        name = "audit",
        mixinStandardHelpOptions = true,
        description = "Reads the log: who was given what, who was refused, and the proof of it. Needs audit:read.",
        subcommands = {
            SearchCommand.class,
            TailCommand.class,
            EventsCommand.class,
            ReceiptCommand.class,
            CommandLine.HelpCommand.class
        })
final class AuditCommand implements Runnable {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "audit: say what to do, such as: ctl audit search --outcome refused");
    }
}
