package dev.sallyport.api.lint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.document.Documents;
import dev.sallyport.api.document.Documents.Format;
import dev.sallyport.core.Configuration;
import dev.sallyport.core.directory.Target;
import dev.sallyport.policy.Conditions;
import dev.sallyport.policy.Finding;
import dev.sallyport.policy.Lint;
import dev.sallyport.policy.Policies;
import dev.sallyport.policy.PolicySet;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

/** The lint with the platforms that there are, over {@code cases.yaml}, the examples and the demo. */
class LintCasesTest {

    private static final List<String> KINDS = List.of("trustProviders", "agents", "targets", "policies");

    /** The file of cases. */
    record Cases(Map<String, List<Object>> base, List<Case> cases) {}

    /** Documents to add, and what is found then: code, document and field. */
    record Case(
            String name,
            @Nullable List<Object> trustProviders,
            @Nullable List<Object> agents,
            @Nullable List<Object> targets,
            @Nullable List<Object> policies,
            List<String> expect) {

        List<Object> of(String kind) {
            List<Object> added = switch (kind) {
                case "trustProviders" -> trustProviders;
                case "agents" -> agents;
                case "targets" -> targets;
                default -> policies;
            };
            return Objects.requireNonNullElse(added, List.of());
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static final Cases CASES = read();

    static Stream<Case> cases() {
        return CASES.cases().stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void what_is_flawed_is_told_of_and_nothing_else(Case each) {
        Map<String, Object> bundle = new LinkedHashMap<>();
        for (String kind : KINDS) {
            List<Object> all = new ArrayList<>(CASES.base().getOrDefault(kind, List.of()));
            all.addAll(each.of(kind));
            bundle.put(kind, all);
        }
        byte[] json = JsonMapper.shared().writeValueAsBytes(bundle);

        assertThat(lint(Documents.readBundle(json, Format.JSON)))
                .extracting(LintCasesTest::shown)
                .containsExactlyInAnyOrderElementsOf(each.expect());
    }

    @Test
    void every_code_has_a_case() {
        assertThat(CASES.cases().stream()
                        .flatMap(each -> each.expect().stream())
                        .map(text -> text.substring(0, text.indexOf(' ')))
                        .distinct()
                        .sorted()
                        .toList())
                .isEqualTo(Lint.codes());
    }

    @Test
    void every_code_has_a_section_of_the_page_and_the_page_no_others() throws IOException {
        String page = Files.readString(Path.of("../docs/lint.md"));
        Matcher sections = Pattern.compile("(?m)^### (.+)$").matcher(page);

        assertThat(sections.results().map(found -> found.group(1)).sorted().toList())
                .isEqualTo(Lint.codes());
    }

    @Test
    void the_examples_and_the_demo_are_clean() throws IOException {
        assertThat(lint(Documents.readBundle(Path.of("../docs/examples/policies/bundle.yaml"))))
                .isEmpty();
        try (InputStream demo = resource("/dev/sallyport/api/demo/bundle.yaml")) {
            String bundle = new String(demo.readAllBytes(), StandardCharsets.UTF_8)
                    .replace("@ci@", "http://127.0.0.1:1")
                    .replace("@cluster@", "http://127.0.0.1:2");
            assertThat(lint(Documents.readBundle(bundle.getBytes(StandardCharsets.UTF_8), Format.YAML)))
                    .isEmpty();
        }
    }

    private static String shown(Finding finding) {
        String shown = finding.code() + " " + finding.document().kind() + "/"
                + finding.document().name();
        return finding.place().field().isEmpty()
                ? shown
                : shown + " " + finding.place().field();
    }

    private static List<Finding> lint(Configuration configuration) {
        List<Target> targets = new ArrayList<>(configuration.targets());
        targets.add(Target.builtIn("https://broker.example"));
        PolicySet policies = Policies.compile(
                configuration.policies(),
                configuration.agents(),
                targets,
                Conditions.of(configuration.policies(), Conditions.NONE));
        return Lint.of(configuration, targets, policies, new ShippedPlatforms(), () -> 0)
                .all();
    }

    private static Cases read() {
        try (InputStream file = resource("cases.yaml")) {
            return Documents.readRequest(file.readAllBytes(), Format.YAML, Cases.class);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static InputStream resource(String name) {
        return Objects.requireNonNull(LintCasesTest.class.getResourceAsStream(name));
    }
}
