package dev.sallyport.api.ctl;

import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ctl completion}: lets a shell complete commands and options. */
@Command(
        name = "completion",
        mixinStandardHelpOptions = true,
        description = {
            "Prints what makes a shell complete commands and options:",
            "",
            "  source <(./broker ctl completion bash)",
            "  source <(./broker ctl completion zsh)"
        })
final class CompletionCommand implements Callable<Integer> {

    /** The shells; the script sees by itself in which it is. */
    enum Shell {
        BASH,
        ZSH
    }

    @Parameters(paramLabel = "bash|zsh", description = "the shell")
    private Shell shell = Shell.BASH;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            defaultValue = "broker",
            description = "what the program is called (broker)")
    private String name = "broker";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        var out = spec.commandLine().getOut();
        out.println("# " + shell.name().toLowerCase(Locale.ROOT));
        out.println(AutoComplete.bash(name, spec.root().commandLine()));
        out.flush();
        return 0;
    }
}
