package dev.sallyport.api.policytest;

import dev.sallyport.api.lint.Warnings;
import dev.sallyport.api.policytest.PolicyTests.Result;
import dev.sallyport.core.Invalid;
import dev.sallyport.policy.Finding;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** {@code policy}: what policy authors need at their desks. */
@Command(
        name = "policy",
        mixinStandardHelpOptions = true,
        description = "Tests and lints policies, without a broker.",
        subcommands = {CommandLine.HelpCommand.class})
public final class PolicyCommand implements Runnable {

    private static final int FAILED = 1;
    private static final int UNREADABLE = 2;
    private static final String SUFFIX = ".test.yaml";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "policy: say what to do: policy test DIR, or policy lint DIR");
    }

    /** How results are shown. */
    enum Output {
        TEXT,
        JSON
    }

    @Command(
            name = "test",
            mixinStandardHelpOptions = true,
            description = {
                "Runs the expectations of every *.test.yaml in a directory.",
                "Exit code 0: all hold; 1: one does not; 2: a usage error, or a file with a mistake."
            })
    int test(
            @Parameters(paramLabel = "DIR", description = "a directory, or one file") Path where,
            @Option(
                            names = {"-o", "--output"},
                            paramLabel = "text|json",
                            defaultValue = "text",
                            description = "how to show the results")
                    Output output) {
        PrintWriter out = spec.commandLine().getOut();
        List<Result> results = new ArrayList<>();
        Path current = where;
        try {
            for (Path file : files(where)) {
                current = file;
                results.addAll(
                        PolicyTests.read(file, InstantSource.system().instant()).run());
            }
        } catch (Invalid invalid) {
            return unreadable(current, invalid);
        }
        show(results, output, out);
        return results.stream().allMatch(result -> result.failure() == null) ? 0 : FAILED;
    }

    @Command(
            name = "lint",
            mixinStandardHelpOptions = true,
            description = {
                "Warns of what is valid in a bundle and can't be meant, or hurts in practice.",
                "Exit code 0: nothing, or no --strict; 1: a warning, with --strict; 2: a usage error, or a file with a mistake."
            })
    int lint(
            @Parameters(paramLabel = "DIR|FILE", description = "a bundle, or a directory with *bundle.yaml") Path where,
            @Option(names = "--strict", description = "exit code 1 where there is a warning") boolean strict,
            @Option(
                            names = {"-o", "--output"},
                            paramLabel = "text|json",
                            defaultValue = "text",
                            description = "how to show the warnings")
                    Output output) {
        Map<String, Warnings> found = new LinkedHashMap<>();
        Path current = where;
        try {
            for (Path file : PolicyLint.bundles(where)) {
                current = file;
                found.put(file.toString(), PolicyLint.lint(file));
            }
        } catch (Invalid invalid) {
            return unreadable(current, invalid);
        }
        show(found, output, spec.commandLine().getOut());
        return strict && found.values().stream().anyMatch(each -> !each.all().isEmpty()) ? FAILED : 0;
    }

    private static void show(Map<String, Warnings> found, Output output, PrintWriter out) {
        if (output == Output.JSON) {
            List<Map<String, Object>> files = new ArrayList<>();
            found.forEach((file, warnings) ->
                    files.add(Map.of("file", file, "warnings", warnings.shown(), "complete", warnings.complete())));
            out.println(JsonMapper.shared().writeValueAsString(Map.of("files", files)));
        } else {
            found.forEach((file, warnings) -> {
                warnings.all().forEach(each -> out.println(file + ": " + line(each)));
                if (!warnings.complete()) {
                    out.println(file + ": not all was looked at, since it took too long");
                }
            });
            out.println(
                    found.values().stream().mapToInt(each -> each.all().size()).sum() + " warnings");
        }
        out.flush();
    }

    private static String line(Finding finding) {
        Finding.Place place = finding.place();
        String where = place.line() > 0 ? ":" + place.line() + ":" + place.column() : "";
        return finding.document().kind() + " " + finding.document().name()
                + (place.field().isEmpty() ? "" : " " + place.field() + where) + ": " + finding.code() + ": "
                + finding.message() + " [" + finding.documentation() + "]";
    }

    private int unreadable(Path file, Invalid invalid) {
        String field = invalid.field().isEmpty() ? "" : invalid.field() + ": ";
        spec.commandLine().getErr().println("sallyport: " + file + ": " + field + invalid.reason());
        return UNREADABLE;
    }

    private static List<Path> files(Path where) {
        if (Files.isRegularFile(where)) {
            return List.of(where);
        }
        try (Stream<Path> found = Files.walk(where)) {
            List<Path> files = found.filter(file -> file.toString().endsWith(SUFFIX) && Files.isRegularFile(file))
                    .sorted()
                    .toList();
            Invalid.unless(!files.isEmpty(), "", "there is no *" + SUFFIX);
            return files;
        } catch (IOException e) {
            throw new Invalid("", "can't be read");
        }
    }

    private static void show(List<Result> results, Output output, PrintWriter out) {
        long failed =
                results.stream().filter(result -> result.failure() != null).count();
        if (output == Output.JSON) {
            out.println(JsonMapper.shared()
                    .writeValueAsString(Map.of(
                            "tests", results.size(),
                            "failed", failed,
                            "results", results.stream().map(PolicyCommand::json).toList())));
        } else {
            results.forEach(result -> out.println((result.failure() == null ? "ok     " : "FAILED ") + result.file()
                    + ": " + result.test() + (result.failure() == null ? "" : ": " + result.failure())));
            out.println(results.size() + " tests, " + failed + " failed");
        }
        out.flush();
    }

    private static Map<String, @Nullable Object> json(Result result) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("file", result.file());
        json.put("test", result.test());
        json.put("ok", result.failure() == null);
        if (result.failure() != null) {
            json.put("failure", result.failure());
        }
        return json;
    }
}
