package dev.sallyport.policy;

import static dev.sallyport.policy.TestAsks.selector;
import static dev.sallyport.policy.TestAsks.target;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.Configuration;
import dev.sallyport.core.attest.TrustProvider;
import dev.sallyport.core.directory.Agent;
import dev.sallyport.core.directory.Binding;
import dev.sallyport.core.directory.Target;
import dev.sallyport.core.policy.Policy;
import dev.sallyport.core.policy.Policy.Effect;
import dev.sallyport.core.policy.Policy.Grant;
import dev.sallyport.core.policy.Policy.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LintTest {

    private static final Platform GITHUB = new Platform(
            "github-actions",
            Map.of("sub", false, "repository", false, "repository_id", false, "ref", false, "environment", false),
            Set.of(),
            Set.of("repository_id"),
            Map.of("repository", List.of("repository_id"), "sub", List.of("repository_id")),
            false,
            true);
    private static final Platform CLUSTER = new Platform(
            "kubernetes",
            Map.of("sub", false, "namespace", false, "image_digests", true, "label/*", false),
            Set.of(),
            Set.of("namespace"),
            Map.of(),
            false,
            false);
    private static final Map<String, Platform> PLATFORMS = Map.of("github-actions", GITHUB, "kubernetes", CLUSTER);

    private static final List<Agent> AGENTS = List.of(
            bound("invoice-bot", Agent.Kind.WORKLOAD, Map.of("team", "billing"), "ci", "repository_id"),
            bound("report-bot", Agent.Kind.WORKLOAD, Map.of("team", "finance"), "ci", "repository_id"),
            bound("planner", Agent.Kind.ORCHESTRATOR, Map.of(), "cluster", "namespace"));
    private static final List<Target> TARGETS = List.of(
            target("invoices", List.of("invoices:read", "invoices:write"), List.of()),
            target("tools", List.of("tools/call:*"), List.of()));

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "attestation.type == \"github-actions\" && attestation.type == \"kubernetes\" ~ never-true",
                "agent.name == \"planner\" && agent.name != \"planner\" ~ never-true",
                "posture.risk > 40 && posture.risk < 20.5 ~ never-true",
                "attestation.age < duration(\"5m\") && attestation.age > duration(\"1h\") ~ never-true",
                "!has(posture.risk) && posture.risk < 20 ~ never-true",
                "attestation.subject.startsWith(\"a:\") && attestation.subject.startsWith(\"b:\") ~ never-true",
                "request.time.getHours() >= 22 && request.time.getHours() < 6 ~ never-true",
                "attestation.claims.ref in [\"a\", \"b\"] && attestation.claims.ref == \"c\" ~ never-true",
                "action == \"invoices:delete\" ~ never-true",
                "false ~ never-true",
                "attestation.claims.ref != \"a\" || attestation.claims.ref != \"b\" ~ always-true",
                "attestation.type == \"github\" ~ unknown-name",
                "attestation.provider == \"cii\" ~ unknown-name",
                "agent.kind in [\"worker\"] ~ unknown-name",
                "attestation.claims.environmnet == \"production\" ~ claim-never-sent",
                "has(attestation.claims.environmnet) && attestation.claims.environmnet == \"x\" ~ claim-never-sent",
                "attestation.claims.namespace == \"billing\" ~ claim-never-sent",
                "attestation.type == \"kubernetes\" && attestation.claims.ref == \"x\" ~ claim-never-sent",
                "\"x\" in attestation.claims.ref ~ wrong-shape",
                "attestation.claims.ref.exists(r, r == \"x\") ~ wrong-shape",
                "attestation.claims.repository_id == 1001 ~ wrong-shape",
                "attestation.type == \"kubernetes\" && attestation.claims.image_digests == \"x\" ~ wrong-shape",
                "attestation.claims.repository.startsWith(\"acme\") ~ loose-pattern",
                "attestation.subject.contains(\"acme/\") ~ loose-pattern",
                "context.tool == \"x\" ~ context-only",
            })
    void a_condition_that_nobody_can_have_meant_is_told_of(String when, String code) {
        assertThat(codes(allow("p", when))).containsExactly(code);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "attestation.claims.ref == \"refs/heads/main\"",
                "attestation.type == \"github-actions\" || attestation.type == \"kubernetes\"",
                "posture.risk > 20 && posture.risk < 40",
                "attestation.claims.ref.startsWith(\"refs/\") && attestation.claims.ref.endsWith(\"/main\")",
                "attestation.claims.ref != \"a\" && attestation.claims.ref != \"b\"",
                "has(attestation.claims.environment) && attestation.claims.environment == \"production\"",
                "request.time.getHours(\"Europe/Berlin\") in [8, 9, 10]",
                "request.time.getHours() >= 8 && request.time.getHours() < 18",
                "attestation.claims.repository.startsWith(\"acme/\") && attestation.claims.repository_id == \"1\"",
                "attestation.type == \"kubernetes\" && \"sha256:1\" in attestation.claims.image_digests",
                "attestation.type == \"kubernetes\" && attestation.claims[\"label/app\"] == \"x\"",
                "!has(context.tool) || context.tool == \"x\"",
                "(action == \"invoices:read\" || request.proof == \"dpop\") && agent.kind == \"workload\"",
                "\"ref\" in attestation.claims",
                "attestation.claims.exists(name, name == \"ref\")",
            })
    void a_condition_that_makes_sense_is_not(String when) {
        assertThat(codes(allow("p", when))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "attestation.claims.ref != \"refs/heads/main\"",
                "attestation.type == \"github-actions\" || attestation.claims.ref == \"x\"",
                "!(attestation.claims.ref == \"x\")",
                "posture.risk > 40",
                "context.tool == \"x\"",
                "agent.labels.team == \"billing\"",
            })
    void a_deny_that_also_applies_where_nothing_is_known_is_told_of(String when) {
        assertThat(codes(deny("d", "*", when))).containsExactly("unguarded-deny");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "attestation.type == \"github-actions\" && attestation.claims.ref != \"refs/heads/main\"",
                "attestation.claims.ref != \"refs/heads/main\" && attestation.type == \"github-actions\"",
                "has(attestation.claims.ref) && attestation.claims.ref != \"refs/heads/main\"",
                "attestation.provider == \"ci\" && attestation.claims.ref != \"x\"",
                "attestation.type != \"kubernetes\" && attestation.claims.ref != \"x\"",
                "\"ref\" in attestation.claims && attestation.claims.ref != \"x\"",
                "has(posture.risk) && posture.risk > 40",
                "!has(posture.edr_healthy) || posture.edr_healthy == false",
                "has(agent.labels.team) && agent.labels.team == \"billing\"",
                "request.proof == \"none\"",
            })
    void a_deny_that_is_guarded_is_not(String when) {
        assertThat(codes(deny("d", "*", when))).isEmpty();
    }

    @Test
    void a_deny_for_agents_of_one_platform_needs_no_guard() {
        assertThat(codes(deny("d", "invoice-bot", "attestation.claims.ref != \"x\"")))
                .isEmpty();
    }

    @Test
    void an_allow_under_an_unconditional_deny_is_shadowed() {
        assertThat(lint(allow("a", null), deny("d", "*", null))).singleElement().satisfies(finding -> {
            assertThat(finding.code()).isEqualTo("shadowed-policy");
            assertThat(finding.document()).isEqualTo(new Finding.Document("policy", "a"));
            assertThat(finding.related()).containsExactly(new Finding.Document("policy", "d"));
            assertThat(finding.documentation()).isEqualTo("docs/lint.md#shadowed-policy");
        });
        assertThat(codes(allow("a", null), deny("d", "*", "request.proof == \"none\"")))
                .isEmpty();
        assertThat(codes(allow("a", null), deny("d", "planner", null))).isEmpty();
        assertThat(codes(allow("a", null), labelled("d", Effect.DENY, "billing")))
                .isEmpty();
        assertThat(codes(labelled("a", Effect.ALLOW, "billing"), deny("d", "invoice-bot", null)))
                .containsExactly("shadowed-policy");
    }

    @Test
    void an_allow_within_another_is_redundant_or_tightens_it() {
        Policy wide = allow("wide", null);
        assertThat(codes(wide, labelled("narrow", Effect.ALLOW, "billing"))).isEmpty();
        assertThat(codes(wide, allow("narrow", "request.proof == \"dpop\""))).containsExactly("redundant-policy");
        assertThat(codes(wide, granting("narrow", "*-bot", Duration.ofMinutes(2))))
                .containsExactly("tightens-grant");
        assertThat(codes(wide, allow("same", null))).containsExactly("duplicate-policy");
        assertThat(codes(
                        allow("some", "request.proof == \"none\""),
                        new Policy(
                                "others",
                                null,
                                Effect.ALLOW,
                                List.of(Selector.named("*-bot")),
                                List.of("invoices"),
                                List.of("invoices:read"),
                                "request.proof == \"dpop\"",
                                new Grant(Duration.ofMinutes(1), null),
                                null)))
                .isEmpty();
    }

    @Test
    void what_matches_nothing_is_told_with_its_place() {
        Policy policy = new Policy(
                "p",
                null,
                Effect.ALLOW,
                List.of(Selector.named("*-bot"), selector(null, Agent.Kind.SUB_AGENT, Map.of())),
                List.of("invoices", "ledger*"),
                List.of("invoices:read", "invoices:wirte"),
                null,
                Grant.UNRESTRICTED,
                null);
        assertThat(lint(policy))
                .extracting(finding -> finding.code() + " " + finding.place().field())
                .containsExactly(
                        "matches-no-agent agents[1]", "matches-no-target targets[1]", "matches-no-action actions[1]");
        assertThat(codes(on("tools", "tools/call:search_*"))).isEmpty();
        assertThat(codes(on("tools", "tools/list"))).containsExactly("matches-no-action");
    }

    @Test
    void a_place_in_a_condition_has_line_and_column() {
        Finding finding = lint(allow("p", "request.proof == \"dpop\" &&\n  attestation.claims.reff == \"x\""))
                .getFirst();
        assertThat(finding.place()).isEqualTo(new Finding.Place("when", 2, 3));
    }

    @Test
    void ten_thousand_policies_are_looked_at_in_time_or_told_to_be_cut_short() {
        List<Policy> policies = IntStream.range(0, 10_000)
                .mapToObj(i -> new Policy(
                        "p" + i,
                        null,
                        Effect.ALLOW,
                        List.of(Selector.named(i % 2 == 0 ? "invoice-bot" : "report-bot")),
                        List.of("invoices"),
                        List.of("invoices:read"),
                        "attestation.claims.ref == \"refs/heads/b" + i % 50 + "\"",
                        new Grant(Duration.ofSeconds(60 + i % 200), null),
                        null))
                .toList();
        Configuration configuration = configuration(AGENTS, policies);
        PolicySet set = Policies.compile(policies, AGENTS, TARGETS, Conditions.of(policies, Conditions.NONE));

        long start = System.nanoTime();
        Lint.Findings findings = Lint.of(configuration, TARGETS, set, platforms(), System::nanoTime);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
        assertThat(findings.all()).hasSizeLessThanOrEqualTo(200);

        AtomicLong clock = new AtomicLong();
        Lint.Findings cut = Lint.of(
                configuration,
                TARGETS,
                set,
                platforms(),
                () -> clock.addAndGet(Duration.ofSeconds(1).toNanos()));
        assertThat(cut.complete()).isFalse();
    }

    private static List<String> codes(Policy... policies) {
        return lint(policies).stream().map(Finding::code).distinct().toList();
    }

    private static List<Finding> lint(Policy... policies) {
        List<Policy> list = List.of(policies);
        PolicySet set = Policies.compile(list, AGENTS, TARGETS, Conditions.of(list, Conditions.NONE));
        Lint.Findings findings = Lint.of(configuration(AGENTS, list), TARGETS, set, platforms(), () -> 0);
        assertThat(findings.complete()).isTrue();
        return findings.all();
    }

    private static Configuration configuration(List<Agent> agents, List<Policy> policies) {
        return new Configuration(
                List.of(provider("ci", "github-actions"), provider("cluster", "kubernetes")),
                agents,
                TARGETS,
                policies);
    }

    private static TrustProvider provider(String name, String type) {
        return new TrustProvider(
                name,
                type,
                "https://" + name + ".example",
                List.of(),
                TrustProvider.Keys.discovered(),
                Map.of(),
                List.of());
    }

    private static Platforms platforms() {
        return new Platforms() {
            @Override
            public Set<String> types() {
                return PLATFORMS.keySet();
            }

            @Override
            public Optional<Platform> ofType(String type) {
                return Optional.ofNullable(PLATFORMS.get(type));
            }

            @Override
            public Optional<Platform> of(TrustProvider document) {
                return ofType(document.type());
            }
        };
    }

    private static Agent bound(
            String name, Agent.Kind kind, Map<String, String> labels, String provider, String claim) {
        return new Agent(name, kind, null, labels, null, List.of(new Binding(provider, Map.of(claim, name))));
    }

    private static Policy allow(String name, @Nullable String when) {
        return policy(name, Effect.ALLOW, List.of(Selector.named("*-bot")), List.of("invoices:read"), when);
    }

    private static Policy deny(String name, String agents, @Nullable String when) {
        return policy(name, Effect.DENY, List.of(Selector.named(agents)), List.of("*"), when);
    }

    private static Policy labelled(String name, Effect effect, String team) {
        return policy(name, effect, List.of(Selector.labelled(Map.of("team", team))), List.of("invoices:read"), null);
    }

    private static Policy on(String target, String action) {
        return new Policy(
                "p",
                null,
                Effect.ALLOW,
                List.of(Selector.named("*-bot")),
                List.of(target),
                List.of(action),
                null,
                Grant.UNRESTRICTED,
                null);
    }

    private static Policy granting(String name, String agents, Duration ttl) {
        return new Policy(
                name,
                null,
                Effect.ALLOW,
                List.of(Selector.named(agents)),
                List.of("invoices"),
                List.of("invoices:read"),
                null,
                new Grant(ttl, null),
                null);
    }

    private static Policy policy(
            String name, Effect effect, List<Selector> agents, List<String> actions, @Nullable String when) {
        return new Policy(
                name,
                null,
                effect,
                new ArrayList<>(agents),
                List.of("invoices"),
                actions,
                when,
                Grant.UNRESTRICTED,
                null);
    }
}
