package dev.sallyport.api.ctl;

import picocli.CommandLine.Command;

/** {@code ctl diff}: what applying would change. */
@Command(
        name = "diff",
        mixinStandardHelpOptions = true,
        description = {
            "Shows what apply would change, checked by the broker. It needs the scopes of the change.",
            "Exit code 0: nothing; 1: there are differences."
        })
final class DiffCommand extends DocumentsCommand {

    @Override
    int run() throws Failure {
        return show(propose(true)) ? Failure.NEGATIVE : 0;
    }
}
