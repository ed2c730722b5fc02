package dev.sallyport.api.replay;

import dev.sallyport.core.attest.Claims;
import dev.sallyport.core.policy.Posture;
import dev.sallyport.core.policy.Posture.Fault;
import dev.sallyport.policy.Question.Attested;
import dev.sallyport.policy.Question.Request;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonParser.NumberType;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads what an entry's detail holds of a decision, and skips the rest: a replay spends most of its own time here.
 *
 * <p>One for each detail. What is not there as it was written is an {@link IllegalArgumentException}.
 */
final class DecisionReader {

    private static final JsonFactory JSON = new JsonFactory();

    private final Map<String, Claims.Value> claims = new HashMap<>();
    private @Nullable String id;
    private @Nullable String agent;
    private @Nullable String target;
    private @Nullable String reason;
    private @Nullable String reasonDetail;
    private @Nullable String provider;
    private @Nullable String type;
    private @Nullable String subject;
    private @Nullable String ip;
    private @Nullable String proof;
    private @Nullable List<String> actions;
    private @Nullable List<String> asked;
    private @Nullable Long revision;
    private @Nullable Long issued;
    private @Nullable Long ends;
    private @Nullable Long time;
    private Posture posture = Posture.NONE;

    private DecisionReader() {}

    static RecordedDecision read(long index, Leaf leaf, byte[] detail) {
        DecisionReader reader = new DecisionReader();
        try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), detail)) {
            reader.detail(json);
        } catch (JacksonException e) {
            throw new IllegalArgumentException("a detail is no JSON object of the expected shape", e);
        }
        return reader.decision(index, leaf);
    }

    private RecordedDecision decision(long index, Leaf leaf) {
        Instant decided = Instant.ofEpochMilli(known(time));
        return new RecordedDecision(
                index,
                known(id),
                leaf.expires() == null ? 0 : leaf.expires().getEpochSecond() - decided.getEpochSecond(),
                leaf.issued() ? null : known(reason),
                reasonDetail,
                agent,
                target,
                known(actions),
                known(revision),
                new Attested(
                        known(provider),
                        known(type),
                        known(subject),
                        Claims.of(claims),
                        Instant.ofEpochSecond(known(issued))),
                known(ends),
                new Request(decided, known(ip), known(proof)),
                known(asked),
                posture);
    }

    private void detail(JsonParser json) {
        begin(json.nextToken());
        for (String name = json.nextName(); name != null; name = json.nextName()) {
            JsonToken value = json.nextToken();
            switch (name) {
                case "actions" -> actions = texts(json);
                case "agent" -> agent = text(json);
                case "attestation" -> attestation(json);
                case "decision_id" -> id = text(json);
                case "input" -> input(json);
                case "policy_revision" -> revision = json.getLongValue();
                case "reason" -> reason = text(json);
                case "reason_detail" -> reasonDetail = text(json);
                case "target" -> target = text(json);
                default -> skip(json, value);
            }
        }
    }

    private void attestation(JsonParser json) {
        begin(json.currentToken());
        for (String name = json.nextName(); name != null; name = json.nextName()) {
            JsonToken value = json.nextToken();
            switch (name) {
                case "claims" -> claims(json);
                case "expires" -> ends = json.getLongValue();
                case "issued" -> issued = json.getLongValue();
                case "provider" -> provider = text(json);
                case "subject" -> subject = text(json);
                case "type" -> type = text(json);
                default -> skip(json, value);
            }
        }
    }

    private void claims(JsonParser json) {
        begin(json.currentToken());
        for (String name = json.nextName(); name != null; name = json.nextName()) {
            claims.put(
                    name,
                    json.nextToken() == JsonToken.START_ARRAY
                            ? new Claims.Many(texts(json))
                            : new Claims.One(text(json)));
        }
    }

    private void input(JsonParser json) {
        begin(json.currentToken());
        for (String name = json.nextName(); name != null; name = json.nextName()) {
            JsonToken value = json.nextToken();
            switch (name) {
                case "actions" -> asked = texts(json);
                case "ip" -> ip = text(json);
                case "posture" -> posture = posture(json);
                case "proof" -> proof = text(json);
                case "time" -> time = json.getLongValue();
                default -> skip(json, value);
            }
        }
    }

    private static Posture posture(JsonParser json) {
        begin(json.currentToken());
        Map<String, Object> facts = new HashMap<>();
        Map<String, Fault> unusable = new HashMap<>();
        boolean outdated = false;
        for (String name = json.nextName(); name != null; name = json.nextName()) {
            JsonToken value = json.nextToken();
            switch (name) {
                case "facts" -> facts(json, facts);
                case "expired" -> texts(json).forEach(attribute -> unusable.put(attribute, Fault.EXPIRED));
                case "disputed" -> texts(json).forEach(attribute -> unusable.put(attribute, Fault.DISPUTED));
                case "outdated" -> outdated = true;
                default -> skip(json, value);
            }
        }
        return new Posture(facts, unusable, outdated);
    }

    private static void facts(JsonParser json, Map<String, Object> facts) {
        begin(json.currentToken());
        for (String name = json.nextName(); name != null; name = json.nextName()) {
            facts.put(
                    name,
                    switch (json.nextToken()) {
                        case VALUE_STRING -> text(json);
                        case VALUE_TRUE -> true;
                        case VALUE_FALSE -> false;
                        case VALUE_NUMBER_INT -> whole(json);
                        case VALUE_NUMBER_FLOAT -> json.getDoubleValue();
                        default -> throw new IllegalArgumentException("a fact is no value");
                    });
        }
    }

    /** A double that is written without a point may be too large for a whole number of 64 bits. */
    private static Object whole(JsonParser json) {
        return json.getNumberType() == NumberType.BIG_INTEGER ? (Object) json.getDoubleValue() : json.getLongValue();
    }

    private static List<String> texts(JsonParser json) {
        if (json.currentToken() != JsonToken.START_ARRAY) {
            throw new IllegalArgumentException("a list is missing");
        }
        List<String> texts = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            texts.add(text(json));
        }
        return texts;
    }

    private static String text(JsonParser json) {
        if (json.currentToken() != JsonToken.VALUE_STRING) {
            throw new IllegalArgumentException("a text is missing");
        }
        return json.getString();
    }

    private static void begin(@Nullable JsonToken token) {
        if (token != JsonToken.START_OBJECT) {
            throw new IllegalArgumentException("an object is missing");
        }
    }

    private static void skip(JsonParser json, JsonToken value) {
        if (value.isStructStart()) {
            JsonParser _ = json.skipChildren();
        }
    }

    private static <T> T known(@Nullable T value) {
        if (value == null) {
            throw new IllegalArgumentException("a member of the detail is missing");
        }
        return Objects.requireNonNull(value);
    }
}
