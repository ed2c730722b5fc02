package dev.sallyport.api.ctl;

import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What the commands have in common: which broker, which evidence, how to print, and one line for each failure. */
abstract class BrokerCommand implements Callable<Integer> {

    @Mixin
    private Where where = new Where();

    @Mixin
    private EvidenceOptions evidence = new EvidenceOptions();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "text|json|yaml",
            defaultValue = "text",
            description = "json is what the API answered, as it is; yaml is the same in YAML")
    private Output output = Output.TEXT;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** How to print. */
    enum Output {
        TEXT,
        JSON,
        YAML
    }

    /** Does it; returns the exit code. */
    abstract int run() throws Failure;

    @Override
    public final Integer call() {
        try {
            return run();
        } catch (Failure failure) {
            out().flush();
            err().println("sallyport: " + failure.message());
            return failure.code();
        } finally {
            out().flush();
            err().flush();
        }
    }

    /** A session whose token has these scopes, where it gets one itself. */
    final Session session(String... scopes) throws Failure {
        return new Session(broker(), surroundings(), evidence, List.of(scopes));
    }

    final Broker broker() throws Failure {
        return where.broker(surroundings());
    }

    final EvidenceOptions evidence() {
        return evidence;
    }

    final Surroundings surroundings() {
        return CtlCommand.surroundings(spec);
    }

    /** Whether programs read the output. */
    final boolean structured() {
        return output != Output.TEXT;
    }

    final PrintWriter out() {
        return spec.commandLine().getOut();
    }

    final PrintWriter err() {
        return spec.commandLine().getErr();
    }

    /** What the API answered, for programs. */
    final void printJson(Answer answer) {
        out().println(
                        output == Output.YAML
                                ? Fields.yaml(answer.json())
                                : answer.text().stripTrailing());
    }

    final void print(Table table) {
        table.lines(surroundings().columns()).forEach(out()::println);
    }

    /** A line for people who wait, which is no part of the result. */
    final void tell(String line) {
        err().println(line);
        err().flush();
    }
}
