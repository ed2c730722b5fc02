package dev.sallyport.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.Invalid;
import dev.sallyport.core.attest.Claims;
import dev.sallyport.core.directory.Agent;
import dev.sallyport.core.directory.Target;
import dev.sallyport.core.policy.Posture;
import dev.sallyport.policy.Condition.Outcome;
import dev.sallyport.policy.Question.Attested;
import dev.sallyport.policy.Question.Request;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What is compared beside CEL comes out as CEL has it.
 *
 * <p>With two loops, which are true, a condition is evaluated by CEL in one piece. One comparison of 16 is tried;
 * {@code -Dsallyport.policy.comparisons=1} tries all.
 */
class ComparisonTest {

    private static final String IN_ONE_PIECE = " && [1].all(one, true) && [1].all(two, true)";

    private static final int OF = Integer.getInteger("sallyport.policy.comparisons", 16);

    private static final Instant NOW = Instant.parse("2026-11-24T10:00:00Z");

    private static final List<String> PATHS = List.of(
            "agent.name",
            "agent.kind",
            "agent.owner",
            "agent.labels",
            "agent.labels.team",
            "agent.labels.absent",
            "attestation.type",
            "attestation.claims",
            "attestation.claims.ref",
            "attestation.claims.groups",
            "attestation.claims.absent",
            "attestation.claims['odd key']",
            "attestation.age",
            "action",
            "request.ip",
            "posture.risk",
            "posture.os",
            "context.path",
            "context.list");

    private static final List<String> LITERALS = List.of(
            "'main'",
            "''",
            "'ops'",
            "'invoice-bot'",
            "'workload'",
            "'o'",
            "'ref'",
            "'absent'",
            "7",
            "40",
            "40.0",
            "true",
            "duration('5s')",
            "duration('10m')",
            "duration('1h')",
            "duration('1h5s')",
            "['main', 'ops']",
            "['workload']",
            "['absent', 'ref']");

    private static final List<String> FORMS = List.of(
            "%1$s == %2$s",
            "%1$s != %2$s",
            "%1$s < %2$s",
            "%1$s <= %2$s",
            "%1$s > %2$s",
            "%1$s >= %2$s",
            "%2$s == %1$s",
            "%2$s < %1$s",
            "%2$s <= %1$s",
            "%2$s > %1$s",
            "%2$s >= %1$s",
            "%1$s in %2$s",
            "%2$s in %1$s",
            "%1$s.startsWith(%2$s)",
            "%1$s.endsWith(%2$s)",
            "%1$s.contains(%2$s)",
            "has(%1$s)");

    private final Map<Outcome, Integer> seen = new EnumMap<>(Outcome.class);

    @Test
    void every_comparison_comes_out_as_in_cel() {
        Random random = new Random(5);
        for (String form : FORMS) {
            for (String path : PATHS) {
                for (String literal : form.contains("%2") ? LITERALS : List.of("")) {
                    if (random.nextInt(OF) == 0) {
                        compare(form.formatted(path, literal));
                    }
                }
            }
        }
        assertThat(seen.values()).hasSize(3).allMatch(count -> count > 10);
    }

    @Test
    void joined_comparisons_come_out_as_in_cel() {
        List<String> atoms = List.of(
                "agent.name == 'invoice-bot'",
                "agent.name == 'other'",
                "attestation.claims.absent == 'x'",
                "attestation.claims.ref.startsWith('m')",
                "posture.risk < 30",
                "'ops' in attestation.claims.groups",
                "has(context.path)");
        Random random = new Random(11);
        for (int i = 0; i < 100; i++) {
            compare(joined(random, atoms, 3));
        }
    }

    private static String joined(Random random, List<String> atoms, int depth) {
        if (depth == 0 || random.nextInt(4) == 0) {
            return atoms.get(random.nextInt(atoms.size()));
        }
        String left = joined(random, atoms, depth - 1);
        return switch (random.nextInt(3)) {
            case 0 -> "(" + left + " && " + joined(random, atoms, depth - 1) + ")";
            case 1 -> "(" + left + " || " + joined(random, atoms, depth - 1) + ")";
            default -> "!(" + left + ")";
        };
    }

    private void compare(String text) {
        Condition apart;
        try {
            apart = Condition.of(text);
        } catch (Invalid e) {
            return; // The types don't fit: refused either way.
        }
        Condition whole = Condition.of("(" + text + ")" + IN_ONE_PIECE);
        for (Question question : questions()) {
            Outcome expected = whole.evaluate(new Vocabulary.Facts(question), "ops");
            assertThat(apart.evaluate(new Vocabulary.Facts(question), "ops"))
                    .as("%s of %s", text, question)
                    .isEqualTo(expected);
            seen.merge(expected, 1, Integer::sum);
        }
    }

    private static List<Question> questions() {
        List<Question> questions = new ArrayList<>();
        questions.add(question(null, Map.of(), Map.of()));
        questions.add(question(
                attested(Map.of("ref", new Claims.One("main"), "groups", new Claims.Many(List.of("dev", "ops"))), 600),
                Map.of("risk", 40L, "os", "linux"),
                Map.of("path", "main", "list", List.of("main"))));
        questions.add(question(
                attested(
                        Map.of(
                                "ref",
                                new Claims.Many(List.of("main")),
                                "groups",
                                new Claims.One("ops"),
                                "odd key",
                                new Claims.One("ops")),
                        5),
                Map.of("risk", 39.5, "os", true),
                Map.of("path", List.of(), "list", Map.of("main", 1L))));
        return questions;
    }

    private static Attested attested(Map<String, Claims.Value> claims, int seconds) {
        Instant issued = NOW.minus(Duration.ofSeconds(seconds));
        return new Attested("ci", "github-actions", "s", Claims.of(claims), issued);
    }

    private static Question question(
            @Nullable Attested attestation, Map<String, Object> posture, Map<String, Object> context) {
        Agent agent = TestAsks.agent("invoice-bot", Agent.Kind.WORKLOAD, Map.of("team", "ops", "main", "o"));
        Target target = TestAsks.target("invoices", List.of("ops"), List.of("ops"));
        Request request = new Request(NOW, attestation == null ? null : "192.0.2.7", "none");
        return new Question(
                agent, attestation, target, List.of("ops"), request, context, new Posture(posture, Map.of(), false));
    }
}
