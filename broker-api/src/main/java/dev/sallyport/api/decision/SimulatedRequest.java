package dev.sallyport.api.decision;

import dev.sallyport.core.Invalid;
import dev.sallyport.core.attest.Claims;
import dev.sallyport.core.policy.Action;
import dev.sallyport.core.policy.Policy;
import dev.sallyport.policy.Question.Attested;
import dev.sallyport.policy.Question.Request;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * A made-up request for a decision, as it is sent.
 *
 * @param agent the agent's name
 * @param target the target's name
 * @param actions the actions asked for; none for the target's default actions
 * @param attestation what the agent would have proven; null for a decision without an attestation
 * @param posture facts about the agent
 * @param context what a gateway would supply, at most 16 KiB
 * @param policies candidates that decide instead of the policies in force; null for those in force
 */
public record SimulatedRequest(
        @Nullable String agent,
        @Nullable String target,
        @Nullable List<String> actions,
        @Nullable MadeUp attestation,
        @Nullable Map<String, @Nullable Object> posture,
        @Nullable Sent request,
        @Nullable Map<String, @Nullable Object> context,
        @Nullable List<Policy> policies) {

    private static final int MAX_CONTEXT = 16 * 1024;
    private static final Set<String> PROOFS = Set.of("none", "dpop", "mtls", "dpop+mtls");

    /** What an attestation would say. */
    public record MadeUp(
            @Nullable String provider,
            @Nullable String type,
            @Nullable String subject,
            @Nullable Map<String, @Nullable Object> claims,
            @Nullable String issued) {}

    /** What would be known of the request. */
    public record Sent(
            @Nullable String time,
            @Nullable String ip,
            @Nullable String proof) {}

    /** The actions, each of which could be asked for. */
    List<String> wanted() {
        List<String> wanted = Objects.requireNonNullElse(actions, List.of());
        Invalid.unless(wanted.size() <= Action.MAX_REQUESTED, "actions", "must be at most " + Action.MAX_REQUESTED);
        for (int i = 0; i < wanted.size(); i++) {
            Action.check("actions[" + i + "]", wanted.get(i));
        }
        return wanted.stream().distinct().toList();
    }

    /** The request; at the time that is given, where it does not say another. */
    Request at(Instant now) {
        if (request == null) {
            return new Request(now, null, "none");
        }
        String proof = Objects.requireNonNullElse(request.proof(), "none");
        Invalid.unless(PROOFS.contains(proof), "request.proof", "must be none, dpop, mtls or dpop+mtls");
        return new Request(instant("request.time", request.time(), now), request.ip(), proof);
    }

    /**
     * What would be proven.
     *
     * @param type that of the trust provider
     */
    static Attested attested(MadeUp attestation, String type, Instant time) {
        return new Attested(
                Objects.requireNonNullElse(attestation.provider(), ""),
                Objects.requireNonNullElse(attestation.type(), type),
                Objects.requireNonNullElse(attestation.subject(), ""),
                claims(Objects.requireNonNullElse(attestation.claims(), Map.of())),
                instant("attestation.issued", attestation.issued(), time));
    }

    private static Claims claims(Map<String, @Nullable Object> sent) {
        Map<String, Claims.Value> claims = new HashMap<>();
        sent.forEach((name, value) -> claims.put(
                name,
                switch (value) {
                    case String text -> new Claims.One(text);
                    case List<?> list
                    when list.stream().allMatch(String.class::isInstance) ->
                        new Claims.Many(list.stream().map(String.class::cast).toList());
                    case null, default ->
                        throw new Invalid("attestation.claims." + name, "must be a string or a list of strings");
                }));
        return Claims.of(claims);
    }

    private static Instant instant(String field, @Nullable String text, Instant otherwise) {
        try {
            return text == null ? otherwise : Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw new Invalid(field, "must be a time such as 2026-05-01T12:00:00Z");
        }
    }

    Map<String, Object> suppliedContext() {
        return facts("context", context);
    }

    Map<String, Object> suppliedPosture() {
        return facts("posture", posture);
    }

    private static Map<String, Object> facts(String field, @Nullable Map<String, @Nullable Object> sent) {
        if (sent == null) {
            return Map.of();
        }
        int size = JsonMapper.shared().writeValueAsString(sent).getBytes(StandardCharsets.UTF_8).length;
        Invalid.unless(size <= MAX_CONTEXT, field, "must be at most 16 KiB as JSON");
        return object(field, sent);
    }

    /** As CEL takes it: whole numbers of 64 bits, and what is null is absent. */
    private static Map<String, Object> object(String field, Map<?, ? extends @Nullable Object> sent) {
        Map<String, Object> plain = new HashMap<>();
        sent.forEach((name, value) -> {
            if (value != null) {
                plain.put(String.valueOf(name), value(field + "." + name, value));
            }
        });
        return plain;
    }

    private static Object value(String field, @Nullable Object value) {
        return switch (value) {
            case String text -> text;
            case Boolean flag -> flag;
            case Integer number -> number.longValue();
            case Long number -> number;
            case Double number -> number;
            case BigDecimal number -> number.doubleValue();
            case BigInteger _ -> throw new Invalid(field, "must be a number of at most 64 bits");
            case Map<?, ?> map -> object(field, map);
            case List<?> list -> {
                List<Object> plain = new ArrayList<>();
                list.forEach(each -> plain.add(value(field, each)));
                yield plain;
            }
            case null, default -> throw new Invalid(field, "must be a string, number, boolean, list or object");
        };
    }
}
