package dev.sallyport.api.policytest;

import dev.sallyport.api.decision.ExplanationView;
import dev.sallyport.api.decision.SimulatedRequest;
import dev.sallyport.api.decision.Simulations;
import dev.sallyport.api.document.Documents;
import dev.sallyport.api.document.Documents.Format;
import dev.sallyport.api.document.Kind;
import dev.sallyport.api.policytest.Expectations.Expectation;
import dev.sallyport.api.policytest.Expectations.Expected;
import dev.sallyport.api.policytest.Expectations.Narrowed;
import dev.sallyport.core.Configuration;
import dev.sallyport.core.Invalid;
import dev.sallyport.core.Named;
import dev.sallyport.core.directory.Target;
import dev.sallyport.core.policy.Policy;
import dev.sallyport.policy.Conditions;
import dev.sallyport.policy.Explanation;
import dev.sallyport.policy.Policies;
import dev.sallyport.policy.PolicySet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Runs the expectations of one file, without a broker or a database. */
final class PolicyTests {

    private static final int MAX_FILE = 16 << 20;

    private final Path file;
    private final Expectations expectations;
    private final Configuration configuration;
    private final List<Target> targets;
    private final PolicySet policies;
    private final Instant now;

    private PolicyTests(Path file, Expectations expectations, Configuration configuration, Instant now) {
        this.file = file;
        this.expectations = expectations;
        this.configuration = configuration;
        this.targets = new ArrayList<>(configuration.targets());
        this.targets.add(Target.builtIn("https://broker.example"));
        this.policies = Policies.compile(
                configuration.policies(),
                configuration.agents(),
                targets,
                Conditions.of(configuration.policies(), Conditions.NONE));
        this.now = now;
    }

    /**
     * Reads a file and what it refers to.
     *
     * @param now the time of requests that do not say another
     * @throws Invalid naming the field that breaks a rule
     */
    static PolicyTests read(Path file, Instant now) {
        Expectations expectations = Documents.readRequest(bytes(file), Format.YAML, Expectations.class);
        if (expectations.bundle() == null) {
            throw new Invalid("bundle", "is missing: the file with agents, targets and trust providers");
        }
        Configuration bundle = Documents.readBundle(file.resolveSibling(expectations.bundle()));
        return new PolicyTests(file, expectations, replaced(bundle, file, expectations.policies()), now);
    }

    private static Configuration replaced(Configuration bundle, Path file, @Nullable List<String> paths) {
        if (paths == null) {
            return bundle;
        }
        List<Policy> policies = new ArrayList<>();
        for (String path : paths) {
            byte[] bytes = bytes(file.resolveSibling(path));
            policies.addAll(List.of(Documents.readRequest(bytes, Format.YAML, Policy[].class)));
        }
        return new Configuration(bundle.trustProviders(), bundle.agents(), bundle.targets(), policies);
    }

    private static byte[] bytes(Path file) {
        try {
            Invalid.unless(Files.size(file) <= MAX_FILE, "", file + " is larger than 16 MiB");
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new Invalid("", file + " can't be read");
        }
    }

    /**
     * How one expectation fared.
     *
     * @param failure what is not as expected; null where all is
     */
    record Result(String file, String test, @Nullable String failure) {}

    List<Result> run() {
        List<Expectation> tests = Objects.requireNonNullElse(expectations.tests(), List.of());
        Invalid.unless(!tests.isEmpty(), "tests", "must not be empty");
        List<Result> results = new ArrayList<>();
        for (int i = 0; i < tests.size(); i++) {
            try {
                Expectation test = tests.get(i);
                String name = Objects.requireNonNullElse(test.name(), "number " + (i + 1));
                results.add(new Result(file.toString(), name, failure(test)));
            } catch (Invalid e) {
                throw e.within("tests[" + i + "]");
            }
        }
        return results;
    }

    private @Nullable String failure(Expectation test) {
        SimulatedRequest request = test.request();
        Expected expected = test.expect();
        if (request == null || expected == null || expected.outcome() == null) {
            throw new Invalid(request == null ? "request" : "expect.outcome", "is missing");
        }
        Invalid.unless(
                expected.outcome().equals("permit") || expected.outcome().equals("deny"),
                "expect.outcome",
                "must be permit or deny");
        Invalid.unless(request.policies() == null, "request.policies", "are the file's");
        try {
            Explanation explained = policies.explain(Simulations.question(request, now, this::find));
            return difference(expected, explained);
        } catch (Invalid e) {
            throw e.within("request");
        }
    }

    private Optional<Named> find(Kind kind, String name) {
        List<? extends Named> documents = kind == Kind.TARGET ? targets : kind.in(configuration);
        return documents.stream()
                .filter(each -> each.name().equals(name))
                .map(Named.class::cast)
                .findFirst();
    }

    private static @Nullable String difference(Expected expected, Explanation explained) {
        String outcome = explained.permitted() ? "permit" : "deny";
        if (!outcome.equals(expected.outcome())) {
            return "expected " + expected.outcome() + ", was " + outcome + why(explained);
        }
        List<String> differences = new ArrayList<>();
        compare("actions", expected.actions(), explained.actions(), differences);
        Narrowed narrowed = expected.constraints();
        if (narrowed != null) {
            Map<String, Object> constraints = ExplanationView.constraints(explained.constraints());
            compare("constraints.ttl", narrowed.ttl(), constraints.get("ttl"), differences);
            compare("constraints.proofs", narrowed.proofs(), constraints.get("proofs"), differences);
            compare("constraints.policies", narrowed.policies(), constraints.get("policies"), differences);
        }
        return differences.isEmpty() ? null : String.join("; ", differences);
    }

    private static void compare(
            String field, @Nullable Object expected, @Nullable Object actual, List<String> differences) {
        boolean same = (expected instanceof List<?> some && actual instanceof List<?> others)
                ? some.size() == others.size() && some.containsAll(others)
                : Objects.equals(expected, actual);
        if (expected != null && !same) {
            differences.add("expected " + field + " " + expected + ", was " + actual);
        }
    }

    private static String why(Explanation explained) {
        String nearest = explained.trace().stream()
                .limit(3)
                .map(step -> "\n       " + step.policy() + ": " + step.reason())
                .collect(Collectors.joining());
        String turned = explained.counterfactual().stream()
                .map(Explanation.Change::predicate)
                .collect(Collectors.joining(" and "));
        return nearest
                + (turned.isEmpty()
                        ? ""
                        : "\n       " + (explained.permitted() ? "fails" : "passes") + " if " + turned);
    }
}
