package dev.sallyport.api;

import dev.sallyport.api.bench.BenchCommand;
import dev.sallyport.api.breakglass.BreakGlassCommand;
import dev.sallyport.api.ctl.CtlCommand;
import dev.sallyport.api.demo.DemoCommand;
import dev.sallyport.api.policytest.PolicyCommand;
import dev.sallyport.api.verify.VerifyCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** The program: picks the command that the first word names. */
@Command(
        name = "broker",
        mixinStandardHelpOptions = true,
        versionProvider = Sallyport.Version.class,
        description = "Sallyport vends short-lived credentials to agents that prove where and as what they run.",
        subcommands = {
            ServeCommand.class,
            DemoCommand.class,
            BenchCommand.class,
            VerifyCommand.class,
            PolicyCommand.class,
            BreakGlassCommand.class,
            CtlCommand.class,
            CommandLine.HelpCommand.class
        })
public final class Sallyport implements Runnable {

    /** Exit code of an error in options or configuration. */
    public static final int CONFIGURATION_ERROR = 2;

    private Sallyport() {}

    public static void main(String[] args) {
        int code = new CommandLine(new Sallyport())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(Sallyport::unreadable)
                .execute(args);
        if (code != ServeCommand.STAYS_UP) {
            System.exit(code);
        }
    }

    private static int unreadable(CommandLine.ParameterException e, String[] args) {
        if (CtlCommand.concerns(e.getCommandLine())) {
            return CtlCommand.complain(e);
        }
        e.getCommandLine().getErr().println("sallyport: configuration error: " + e.getMessage());
        return CONFIGURATION_ERROR;
    }

    @Override
    public void run() {
        CommandLine.usage(this, System.err);
    }

    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Sallyport.class.getPackage().getImplementationVersion();
            return new String[] {"sallyport " + (version == null ? "(development)" : version)};
        }
    }
}
