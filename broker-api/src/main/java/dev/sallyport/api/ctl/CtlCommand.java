package dev.sallyport.api.ctl;

import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ctl}: works with a running broker, from a shell or a script. */
@Command(
        name = "ctl",
        mixinStandardHelpOptions = true,
        description = {
            "Works with a running broker: documents, decisions, the kill switch, the log.",
            "The broker is --broker URL or SALLYPORT_BROKER; the token is SALLYPORT_TOKEN, or one is got for the"
                    + " platform's evidence."
        },
        footerHeading = "%nExit codes:%n",
        footer = {
            "  0  done",
            "  1  there are differences, the answer is a refusal, or a check failed",
            "  2  a usage error, or input with a mistake",
            "  3  not authorised",
            "  4  the broker or the platform is out of reach"
        },
        subcommands = {
            LoginCommand.class,
            TokenCommand.class,
            GetCommand.class,
            ApplyCommand.class,
            DiffCommand.class,
            DeleteCommand.class,
            ExplainCommand.class,
            SimulateCommand.class,
            ReplayCommand.class,
            RevokeCommand.class,
            SuspendCommand.class,
            ResumeCommand.class,
            AuditCommand.class,
            DoctorCommand.class,
            CompletionCommand.class,
            CommandLine.HelpCommand.class
        })
public final class CtlCommand implements Runnable {

    private static final String NAME = "ctl";

    private @Nullable Surroundings surroundings;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** The command by itself, in surroundings that are given. */
    public static CommandLine in(Surroundings surroundings) {
        CtlCommand ctl = new CtlCommand();
        ctl.surroundings = surroundings;
        return new CommandLine(ctl)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((e, args) -> complain(e));
    }

    /** Whether a command is this one or below it. */
    public static boolean concerns(CommandLine command) {
        for (CommandLine each = command; each != null; each = each.getParent()) {
            if (each.getCommandSpec().userObject() instanceof CtlCommand) {
                return true;
            }
        }
        return false;
    }

    /** Tells of a mistake in the words of a command line; returns the exit code. */
    public static int complain(ParameterException e) {
        PrintWriter err = e.getCommandLine().getErr();
        err.println("sallyport: " + e.getMessage() + " (--help shows what there is)");
        err.flush();
        return Failure.BAD_INPUT;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), NAME + ": say what to do, such as: ctl get agents");
    }

    /** What a command of this one sees around it. */
    static Surroundings surroundings(CommandSpec command) {
        for (CommandSpec each = command; each != null; each = each.parent()) {
            if (each.userObject() instanceof CtlCommand ctl) {
                return ctl.surroundings();
            }
        }
        throw new IllegalStateException("not a command of " + NAME);
    }

    private Surroundings surroundings() {
        if (surroundings == null) {
            surroundings = Surroundings.ofProcess();
        }
        return surroundings;
    }
}
