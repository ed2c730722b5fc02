package dev.sallyport.policy;

import dev.cel.common.types.CelType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.sallyport.core.attest.Claims;
import dev.sallyport.core.policy.Ask;
import dev.sallyport.core.policy.Posture;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
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

    private static final MapType FREE = MapType.create(SimpleType.STRING, SimpleType.DYN);

    static final Map<String, CelType> TYPES = Map.ofEntries(
            Map.entry("agent.name", SimpleType.STRING),
            Map.entry("agent.kind", SimpleType.STRING),
            Map.entry("agent.owner", SimpleType.STRING),
            Map.entry("agent.labels", MapType.create(SimpleType.STRING, SimpleType.STRING)),
            Map.entry("attestation.provider", SimpleType.STRING),
            Map.entry("attestation.type", SimpleType.STRING),
            Map.entry("attestation.subject", SimpleType.STRING),
            Map.entry("attestation.claims", FREE),
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

        private final Ask ask;
        private @Nullable Map<String, Object> claims;

        Facts(Ask ask) {
            this.ask = ask;
        }

        /** The value of one word. */
        Optional<Object> find(String name, String action) {
            return Optional.ofNullable(
                    switch (name) {
                        case "agent.name" -> ask.agent().name();
                        case "agent.kind" -> ask.agent().kind().toString();
                        case "agent.owner" ->
                            Objects.requireNonNullElse(ask.agent().owner(), "");
                        case "agent.labels" -> ask.agent().labels();
                        case "attestation.provider" -> ask.proof().provider();
                        case "attestation.type" -> ask.proof().type();
                        case "attestation.subject" -> ask.proof().subject();
                        case "attestation.claims" -> claims();
                        case "attestation.issued" -> ask.proof().issued();
                        case "attestation.age" ->
                            Duration.between(ask.proof().issued(), ask.facts().time());
                        case "target.name" -> ask.target().name();
                        case "target.resource" -> ask.target().resource();
                        case "target.kind" -> ask.target().kind().toString();
                        case "action" -> action;
                        case "request.time" -> ask.facts().time();
                        case "request.ip" -> ask.facts().ip();
                        case "request.proof" -> ask.facts().proven().method();
                        case "posture" -> ask.facts().posture().facts();
                        case "context" -> Map.of();
                        default -> null;
                    });
        }

        /** Whether what the condition mentions of the agent's posture can't be relied on. */
        boolean spoilt(PostureReads reads) {
            Posture posture = ask.facts().posture();
            return reads.whole()
                    ? posture.spoilsAny()
                    : !reads.attributes().isEmpty() && posture.spoils(reads.attributes());
        }

        private Map<String, Object> claims() {
            Map<String, Object> made = claims;
            if (made == null) {
                made = new HashMap<>();
                for (Map.Entry<String, Claims.Value> each :
                        ask.proof().claims().asMap().entrySet()) {
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
