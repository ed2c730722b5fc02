package dev.sallyport.policy;

import dev.sallyport.core.attest.Attestation;
import dev.sallyport.core.attest.Claims;
import dev.sallyport.core.directory.Agent;
import dev.sallyport.core.directory.Target;
import dev.sallyport.core.directory.TokenRules;
import dev.sallyport.core.policy.Ask;
import dev.sallyport.core.policy.Policy;
import dev.sallyport.core.policy.Policy.Effect;
import dev.sallyport.core.policy.Policy.Grant;
import dev.sallyport.core.policy.Policy.Selector;
import dev.sallyport.core.policy.Proof;
import dev.sallyport.policy.ReferenceEvaluator.Meaning;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Policies, conditions and questions by a seed: few words, so that they meet often. */
final class GeneratedPolicies {

    static final List<String> NAMES = List.of("billing-bot", "billing-job", "sales-bot", "bot", "b", "ops-billing-bot");
    private static final List<String> NAME_PATTERNS =
            List.of("*", "billing-*", "*-bot", "b*", "*billing*", "b*-*t", "billing-bot", "bot", "sales-bot", "b");
    static final List<String> ACTIONS =
            List.of("docs:read", "docs:write", "docs:admin/x", "tools/call:search", "tools/call:a:b");
    private static final List<String> ACTION_PATTERNS = List.of(
            "*", "docs:*", "*:read", "tools/*", "docs:read", "docs:write", "tools/call:search", "*a*", "d*:r*d");
    private static final List<String> TARGET_PATTERNS =
            List.of("*", "t-*", "t-1*", "t-0", "t-1", "t-10", "*-2", "t-*0", "sallyport", "*sally*");
    private static final List<String> VALUES = List.of("main", "dev", "x");
    private static final List<String> KEYS = List.of("ref", "env", "groups");

    /** More than are filed one by one for a pattern. */
    static final List<Target> TARGETS = targets();

    static final List<Agent> AGENTS = NAMES.stream()
            .map(name -> TestAsks.agent(name, Agent.Kind.WORKLOAD, Map.of()))
            .toList();

    private static final List<Attestation> PROOFS = proofs();

    final Map<String, Meaning> meanings = new LinkedHashMap<>();
    private final List<String> conditions = new ArrayList<>();
    private final Random random;

    GeneratedPolicies(long seed, int conditions) {
        this.random = new Random(seed);
        while (meanings.size() < conditions) {
            Said said = said(3);
            if (meanings.putIfAbsent(said.text(), said.meaning()) == null) {
                this.conditions.add(said.text());
            }
        }
    }

    private record Said(String text, Meaning meaning) {}

    private static List<Target> targets() {
        List<Target> targets = new ArrayList<>();
        for (int i = 0; i < 70; i++) {
            List<String> actions = i % 3 == 0 ? List.of("docs:*", "tools/call:*") : ACTIONS.subList(0, 4);
            targets.add(new Target(
                    "t-" + i,
                    "https://t-" + i + ".example",
                    Target.Kind.API,
                    actions,
                    i % 2 == 0 ? List.of("docs:read", "docs:write") : List.of(),
                    new TokenRules(
                            Duration.ofMinutes(i % 2 == 0 ? 5 : 60),
                            "ES256",
                            i % 5 == 0 ? Proof.DPOP : Proof.NONE,
                            null),
                    List.of()));
        }
        targets.add(Target.builtIn("https://broker.example"));
        return targets;
    }

    private static List<Attestation> proofs() {
        List<Attestation> proofs = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            Map<String, Claims.Value> claims = new HashMap<>();
            if (i % 4 < 3) {
                claims.put("ref", new Claims.One(VALUES.get(i % 3)));
            }
            if (i % 3 > 0) {
                claims.put("env", new Claims.One(VALUES.get(i % 2)));
            }
            if (i % 2 == 0) {
                claims.put("groups", new Claims.Many(VALUES.subList(0, i % 4)));
            }
            proofs.add(TestAsks.proof(i % 5 == 0 ? "kubernetes" : "github-actions", Claims.of(claims)));
        }
        return proofs;
    }

    List<Policy> policies() {
        int count = random.nextInt(13);
        return IntStream.range(0, count).mapToObj(this::policy).toList();
    }

    Ask ask() {
        Agent agent = TestAsks.agent(
                one(NAMES), one(List.of(Agent.Kind.values())), some(List.of("team", "stage"), key -> one(VALUES)));
        List<String> actions = random.nextInt(4) == 0
                ? List.of()
                : IntStream.range(0, 1 + random.nextInt(3))
                        .mapToObj(i -> random.nextInt(12) == 0 ? one(ACTION_PATTERNS) : one(ACTIONS))
                        .distinct()
                        .toList();
        Target target = random.nextInt(4) == 0 ? one(TARGETS) : TARGETS.get(random.nextInt(3));
        return TestAsks.ask(agent, one(PROOFS), target, actions);
    }

    private Policy policy(int number) {
        Effect effect = random.nextInt(4) == 0 ? Effect.DENY : Effect.ALLOW;
        Grant grant = effect == Effect.DENY || random.nextBoolean()
                ? Grant.UNRESTRICTED
                : new Grant(
                        random.nextBoolean() ? null : Duration.ofMinutes(1 + random.nextInt(59)),
                        random.nextBoolean() ? null : one(List.of(Proof.values())));
        return new Policy(
                "p-" + number,
                null,
                effect,
                IntStream.range(0, 1 + random.nextInt(2))
                        .mapToObj(i -> selector())
                        .toList(),
                several(TARGET_PATTERNS),
                several(ACTION_PATTERNS),
                random.nextInt(3) > 0 ? one(conditions) : null,
                grant,
                null);
    }

    private Selector selector() {
        Map<String, String> labels =
                random.nextInt(3) == 0 ? some(List.of("team", "stage"), key -> one(VALUES)) : Map.of();
        Agent.Kind kind = random.nextInt(4) == 0 ? one(List.of(Agent.Kind.values())) : null;
        return kind == null && labels.isEmpty()
                ? Selector.named(one(NAME_PATTERNS))
                : TestAsks.selector(random.nextInt(3) == 0 ? one(NAME_PATTERNS) : null, kind, labels);
    }

    /** A condition, and the same said in Java. */
    private Said said(int depth) {
        if (depth == 0 || random.nextInt(3) == 0) {
            return simple();
        }
        Said left = said(depth - 1);
        Said right = said(depth - 1);
        return switch (random.nextInt(5)) {
            case 0, 1 ->
                new Said(
                        "(" + left.text() + ") && (" + right.text() + ")",
                        (ask, action) -> and(
                                left.meaning().of(ask, action), right.meaning().of(ask, action)));
            case 2, 3 ->
                new Said(
                        "(" + left.text() + ") || (" + right.text() + ")",
                        (ask, action) -> not(and(
                                not(left.meaning().of(ask, action)),
                                not(right.meaning().of(ask, action)))));
            default ->
                new Said(
                        "!(" + left.text() + ")",
                        (ask, action) -> not(left.meaning().of(ask, action)));
        };
    }

    private Said simple() {
        String key = one(KEYS);
        String value = one(VALUES);
        String claim = "attestation.claims." + key;
        return switch (random.nextInt(14)) {
            case 0 -> new Said(claim + " == '" + value + "'", (ask, _) -> is(claim(ask, key), value));
            case 1 -> new Said("'" + value + "' != " + claim, (ask, _) -> not(is(claim(ask, key), value)));
            case 2 -> new Said("has(" + claim + ")", (ask, _) -> claim(ask, key) != null);
            case 3 -> new Said("'" + key + "' in attestation.claims", (ask, _) -> claim(ask, key) != null);
            case 4 ->
                new Said(
                        "'" + value + "' in " + claim,
                        (ask, _) -> claim(ask, key) instanceof List<?> list ? (Boolean) list.contains(value) : null);
            case 5 ->
                new Said(
                        claim + " in ['" + value + "', 'y']",
                        (ask, _) -> claim(ask, key) == null ? null : (Boolean) value.equals(claim(ask, key)));
            case 6 ->
                new Said(
                        claim + ".startsWith('" + value.charAt(0) + "')",
                        (ask, _) -> claim(ask, key) instanceof String text
                                ? (Boolean) text.startsWith(value.substring(0, 1))
                                : null);
            case 7 ->
                new Said(
                        "attestation.claims['" + key + "'].contains('a')",
                        (ask, _) -> claim(ask, key) instanceof String text ? (Boolean) text.contains("a") : null);
            case 8 ->
                new Said(
                        "agent.labels.team == '" + value + "'",
                        (ask, _) -> is(ask.agent().labels().get("team"), value));
            case 9 ->
                new Said("agent.kind == 'workload'", (ask, _) -> ask.agent().kind() == Agent.Kind.WORKLOAD);
            case 10 -> new Said("action == 'docs:read'", (_, action) -> action.equals("docs:read"));
            case 11 ->
                new Said(
                        claim + ".exists(each, each == '" + value + "')",
                        (ask, _) -> claim(ask, key) instanceof List<?> list ? (Boolean) list.contains(value) : null);
            case 12 -> age(4 + random.nextInt(3));
            default ->
                new Said(
                        "attestation.type == 'kubernetes'",
                        (ask, _) -> ask.proof().type().equals("kubernetes"));
        };
    }

    private static Said age(int seconds) {
        return new Said(
                "attestation.age <= duration('" + seconds + "s')",
                (ask, _) -> !ask.proof()
                        .issued()
                        .plusSeconds(seconds)
                        .isBefore(ask.facts().time()));
    }

    private static @Nullable Object claim(Ask ask, String name) {
        return switch (ask.proof().claims().get(name)) {
            case null -> null;
            case Claims.One(var text) -> text;
            case Claims.Many(var list) -> list;
        };
    }

    private static @Nullable Boolean is(@Nullable Object value, String literal) {
        return value == null ? null : (Boolean) literal.equals(value);
    }

    private static @Nullable Boolean not(@Nullable Boolean value) {
        return value == null ? null : (Boolean) !value;
    }

    private static @Nullable Boolean and(@Nullable Boolean left, @Nullable Boolean right) {
        if (Boolean.FALSE.equals(left) || Boolean.FALSE.equals(right)) {
            return false;
        }
        return (left == null || right == null) ? null : Boolean.TRUE;
    }

    private <T> T one(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    private List<String> several(List<String> of) {
        return IntStream.range(0, 1 + random.nextInt(2))
                .mapToObj(i -> one(of))
                .distinct()
                .toList();
    }

    private <V> Map<String, V> some(List<String> keys, Function<String, V> value) {
        Map<String, V> map = new HashMap<>();
        keys.forEach(key -> {
            if (random.nextBoolean()) {
                map.put(key, value.apply(key));
            }
        });
        return map;
    }
}
