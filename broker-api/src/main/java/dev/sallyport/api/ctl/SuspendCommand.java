package dev.sallyport.api.ctl;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ctl suspend}: nothing more is issued, from now on. */
@Command(
        name = "suspend",
        mixinStandardHelpOptions = true,
        description = {
            "Stops an agent, a target or a trust provider: nothing more is issued, by any replica.",
            "Needs revocation:write."
        })
final class SuspendCommand extends StandingCommand {

    @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "why, for the log")
    private String reason = "";

    @Override
    int run() throws Failure {
        return change("suspend", reason);
    }
}
