package dev.sallyport.policy;

import dev.cel.common.types.CelType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.sallyport.core.attest.Claims;
import dev.sallyport.core.policy.Posture;
import dev.sallyport.core.policy.Posture.Fault;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The words that a condition may use, and their types.
 *
 * <p>Each is one CEL variable with a dotted name, so that CEL's own type check knows every field, and a decision makes no
 * maps for those that nobody reads.
 */
final class Vocabulary {

    static final String CLAIMS = "attestation.claims";

    private static final MapType FREE = MapType.create(SimpleType.STRING, SimpleType.DYN);

    static final Map<String, CelType> TYPES = Map.ofEntries(
            Map.entry("agent.name", SimpleType.STRING),
            Map.entry("agent.kind", SimpleType.STRING),
            Map.entry("agent.owner", SimpleType.STRING),
            Map.entry("agent.labels", MapType.create(SimpleType.STRING, SimpleType.STRING)),
            Map.entry("attestation.provider", SimpleType.STRING),
            Map.entry("attestation.type", SimpleType.STRING),
            Map.entry("attestation.subject", SimpleType.STRING),
            Map.entry(CLAIMS, FREE),
            Map.entry("attestation.issued", SimpleType.TIMESTAMP),
            Map.entry("attestation.age", SimpleType.DURATION),
            Map.entry("target.name", SimpleType.STRING),
            Map.entry("target.resource", SimpleType.STRING),
            Map.entry("target.kind", SimpleType.STRING),
            Map.entry("action", SimpleType.STRING),
            Map.entry("request.time", SimpleType.TIMESTAMP),
            Map.entry("request.ip", SimpleType.STRING),
            Map.entry("request.proof", SimpleType.STRING),
            Map.entry("context", FREE),
            Map.entry("posture", FREE));

    /** The first parts of the dotted names, each with its fields. */
    static final Map<String, Set<String>> FIELDS = TYPES.keySet().stream()
            .filter(name -> name.indexOf('.') > 0)
            .collect(Collectors.groupingBy(
                    name -> name.substring(0, name.indexOf('.')),
                    TreeMap::new,
                    Collectors.mapping(
                            name -> name.substring(name.indexOf('.') + 1), Collectors.toCollection(TreeSet::new))));

    private Vocabulary() {}

    /** What the words stand for in one request; made once, when the first condition asks. */
    static final class Facts {

        private final Question question;
        private @Nullable Map<String, Object> claims;

        Facts(Question question) {
            this.question = question;
        }

        /** The value of one word, or null where there is none. */
        @Nullable
        Object get(String name, String action) {
            return switch (name) {
                case "agent.name" -> question.agent().name();
                case "agent.kind" -> question.agent().kind().toString();
                case "agent.owner" ->
                    Objects.requireNonNullElse(question.agent().owner(), "");
                case "agent.labels" -> question.agent().labels();
                case "target.name" -> question.target().name();
                case "target.resource" -> question.target().resource();
                case "target.kind" -> question.target().kind().toString();
                case "action" -> action;
                case "request.time" -> question.request().time();
                case "request.ip" -> question.request().ip();
                case "request.proof" -> question.request().proof();
                case "context" -> question.context();
                case "posture" -> question.posture().facts();
                default -> question.attestation() == null ? null : attested(name, question.attestation());
            };
        }

        private @Nullable Object attested(String name, Question.Attested attestation) {
            return switch (name) {
                case "attestation.provider" -> attestation.provider();
                case "attestation.type" -> attestation.type();
                case "attestation.subject" -> attestation.subject();
                case CLAIMS -> claims(attestation);
                case "attestation.issued" -> attestation.issued();
                case "attestation.age" ->
                    Duration.between(attestation.issued(), question.request().time());
                default -> null;
            };
        }

        /** Why what a condition mentions of the agent's posture can't be relied on; null where it can. */
        @Nullable
        String doubt(PostureReads reads) {
            Posture posture = question.posture();
            if (reads.none() || posture.reliable()) {
                return null;
            }
            if (posture.outdated()) {
                return "news of the agent's posture may have been missed";
            }
            return posture.unusable().entrySet().stream()
                    .filter(each -> reads.whole() || reads.attributes().contains(each.getKey()))
                    .map(each -> "posture." + each.getKey() + " "
                            + (each.getValue() == Fault.EXPIRED ? "has expired" : "is said differently by two writers"))
                    .findFirst()
                    .orElse(null);
        }

        /** One claim, without a map of all; null where it is absent. */
        @Nullable
        Object claim(String name) {
            Question.Attested attestation = question.attestation();
            Claims.Value value =
                    attestation == null ? null : attestation.claims().get(name);
            return value == null ? null : plain(value);
        }

        private Map<String, Object> claims(Question.Attested attestation) {
            Map<String, Object> made = claims;
            if (made == null) {
                made = new HashMap<>();
                for (Map.Entry<String, Claims.Value> each :
                        attestation.claims().asMap().entrySet()) {
                    made.put(each.getKey(), plain(each.getValue()));
                }
                claims = made;
            }
            return made;
        }

        private static Object plain(Claims.Value value) {
            return switch (value) {
                case Claims.One(String text) -> text;
                case Claims.Many(List<String> texts) -> texts;
            };
        }
    }
}
