package dev.sallyport.api.policytest;

import dev.sallyport.api.document.Documents;
import dev.sallyport.api.lint.ShippedPlatforms;
import dev.sallyport.api.lint.Warnings;
import dev.sallyport.core.Configuration;
import dev.sallyport.core.Invalid;
import dev.sallyport.core.directory.Target;
import dev.sallyport.policy.Conditions;
import dev.sallyport.policy.Lint;
import dev.sallyport.policy.Policies;
import dev.sallyport.policy.PolicySet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Lints bundles, without a broker or a database. */
final class PolicyLint {

    private PolicyLint() {}

    /** The bundles that are meant: a file, or every {@code *bundle.yaml} below a directory. */
    static List<Path> bundles(Path where) {
        if (Files.isRegularFile(where)) {
            return List.of(where);
        }
        try (Stream<Path> found = Files.walk(where)) {
            List<Path> files = found.filter(
                            file -> file.toString().endsWith("bundle.yaml") && Files.isRegularFile(file))
                    .sorted()
                    .toList();
            Invalid.unless(!files.isEmpty(), "", "there is no *bundle.yaml");
            return files;
        } catch (IOException e) {
            throw new Invalid("", "can't be read");
        }
    }

    /**
     * What the lint says of a bundle.
     *
     * @throws Invalid where it breaks a rule
     */
    static Warnings lint(Path bundle) {
        Configuration configuration = Documents.readBundle(bundle);
        List<Target> targets = new ArrayList<>(configuration.targets());
        targets.add(Target.builtIn("https://broker.example"));
        PolicySet policies = Policies.compile(
                configuration.policies(),
                configuration.agents(),
                targets,
                Conditions.of(configuration.policies(), Conditions.NONE));
        return Warnings.of(Lint.of(configuration, targets, policies, new ShippedPlatforms(), System::nanoTime));
    }
}
