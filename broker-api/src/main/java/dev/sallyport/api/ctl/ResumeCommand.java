package dev.sallyport.api.ctl;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ctl resume}: what was suspended goes on. */
@Command(
        name = "resume",
        mixinStandardHelpOptions = true,
        description = {
            "Lets an agent, a target or a trust provider go on.",
            "Needs revocation:write; for what could make an admin, system:write."
        })
final class ResumeCommand extends StandingCommand {

    @Option(names = "--reason", paramLabel = "TEXT", description = "why, for the log")
    private @Nullable String reason;

    @Override
    int run() throws Failure {
        return change("resume", reason);
    }
}
