package dev.sallyport.core.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import dev.sallyport.core.jwt.CompactJwt;
import dev.sallyport.core.jwt.Reading;
import dev.sallyport.core.possession.Confirmation;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Verifies the broker's own access tokens (RFC 9068 section 4): text goes in, a token that may be believed comes out.
 *
 * <p>Exactly what {@link TokenMinter} makes is accepted. Keys and algorithms come from the key ring, never from the token.
 * Tokens that are bound ({@code cnf}) come out only for callers who have proven to hold what they are bound to. Tokens that
 * were passed on ({@code act}) are refused: nothing here checks what they ask for. Safe to use from all threads.
 */
public final class TokenVerifier {

    /** How far the clock of another replica may be ahead of this one's; an expiry gets no such grace. */
    private static final Duration SKEW = Duration.ofSeconds(5);

    /** The end of the year 9999. */
    private static final long LATEST = 253_402_300_799L;

    private static final Set<String> TYPES = Set.of("at+jwt", "application/at+jwt");

    /** Claims that must be non-empty strings. */
    private static final List<String> TEXTS = List.of("jti", "sub", "client_id", "scope");

    private final String issuer;
    private final Map<String, SigningKey> keys;
    private final InstantSource clock;
    private final List<Rule> rules = List.of(
            TokenVerifier::wrongHeader,
            this::forged,
            this::misdirected,
            TokenVerifier::untimely,
            TokenVerifier::incomplete);

    /** One check: says what is wrong, or null. */
    @FunctionalInterface
    private interface Rule {
        @Nullable
        String broken(CompactJwt jwt, String audience, Instant now);
    }

    /**
     * Makes a verifier.
     *
     * @param issuer the broker's own issuer
     * @param keys all that are published verify
     */
    public TokenVerifier(String issuer, KeyRing keys, InstantSource clock) {
        this.issuer = issuer;
        this.keys = keys.published().stream().collect(Collectors.toUnmodifiableMap(SigningKey::kid, key -> key));
        this.clock = clock;
    }

    /**
     * Verifies a token.
     *
     * @param compact what claims to be one: secret
     * @param audience the one exact value of {@code aud} that is accepted
     * @param proven the keys that the caller has proven to hold: with a {@code jkt} the token must be bound to that key, for
     *     a bearer token there is none
     */
    public Verification verify(String compact, String audience, Confirmation proven) {
        return switch (CompactJwt.read(compact)) {
            case Reading.Unsigned(var problem) -> new NotVerified(problem);
            case Reading.Malformed(var problem) -> new NotVerified(problem);
            case CompactJwt jwt -> verify(jwt, audience, proven);
        };
    }

    /**
     * Looks at a token for someone else, whatever its audience and whoever holds its keys.
     *
     * @param compact what claims to be one: secret
     * @return empty where it is none, or has expired
     */
    public Optional<InspectedToken> inspect(String compact) {
        if (!(CompactJwt.read(compact) instanceof CompactJwt jwt)) {
            return Optional.empty();
        }
        String audience = text(jwt, "aud");
        return fault(jwt, audience) == null
                ? Optional.of(new InspectedToken(verified(jwt, audience), jwt.payload()))
                : Optional.empty();
    }

    private @Nullable String fault(CompactJwt jwt, String audience) {
        Instant now = clock.instant();
        for (Rule rule : rules) {
            String fault = rule.broken(jwt, audience, now);
            if (fault != null) {
                return fault;
            }
        }
        return null;
    }

    private Verification verify(CompactJwt jwt, String audience, Confirmation proven) {
        String fault = fault(jwt, audience);
        if (fault != null) {
            return new NotVerified(fault);
        }
        NotHeld notHeld = notHeld(bound(jwt), proven);
        return notHeld == null ? verified(jwt, audience) : notHeld;
    }

    private static VerifiedToken verified(CompactJwt jwt, String audience) {
        return new VerifiedToken(
                Objects.requireNonNull(uuid(jwt)),
                text(jwt, "sub"),
                text(jwt, "client_id"),
                audience,
                actions(jwt),
                Objects.requireNonNull(date(jwt, "iat")),
                Objects.requireNonNull(date(jwt, "exp")),
                Objects.requireNonNull(provider(jwt)),
                bound(jwt));
    }

    private static @Nullable NotHeld notHeld(Confirmation bound, Confirmation proven) {
        if (!Objects.equals(bound.jkt(), proven.jkt())) {
            String detail = bound.jkt() == null
                    ? "the token is not bound to a key, so it is a bearer token and none of DPoP"
                    : "the token is bound to a key (cnf), of which there is no DPoP proof";
            return new NotHeld(detail, true);
        }
        return bound.certificate() == null || bound.certificate().equals(proven.certificate())
                ? null
                : new NotHeld("the token is bound to another client certificate (cnf)", bound.jkt() != null);
    }

    /** What the token is bound to; {@link #incomplete} has looked at it. */
    private static Confirmation bound(CompactJwt jwt) {
        return jwt.claim(Confirmation.CLAIM) instanceof Map<?, ?> cnf
                ? new Confirmation((String) cnf.get(Confirmation.JKT), (String) cnf.get(Confirmation.CERTIFICATE))
                : Confirmation.NONE;
    }

    private static @Nullable String wrongHeader(CompactJwt jwt, String audience, Instant now) {
        if (jwt.asksForExtensions()) {
            return "the token's header has crit or b64, which are not understood here";
        }
        JOSEObjectType type = jwt.header().getType();
        return type == null || !TYPES.contains(type.getType().toLowerCase(Locale.ROOT))
                ? "the token's typ header is not that of an access token"
                : null;
    }

    private @Nullable String forged(CompactJwt jwt, String audience, Instant now) {
        String kid = jwt.header().getKeyID();
        SigningKey key = kid == null ? null : keys.get(kid);
        if (key == null) {
            return "the token was not signed with a key of this broker";
        }
        if (!key.algorithm().jws().equals(jwt.header().getAlgorithm())) {
            return "the token's algorithm is not that of its key";
        }
        try {
            return jwt.verifiedBy(key.verifier()) ? null : "the token's signature does not verify";
        } catch (JOSEException e) {
            return "the token's signature can't be read";
        }
    }

    private @Nullable String misdirected(CompactJwt jwt, String audience, Instant now) {
        if (!issuer.equals(jwt.claim("iss"))) {
            return "the token's issuer is not this broker";
        }
        return audience.equals(jwt.claim("aud")) ? null : "the token is not for this audience and no other";
    }

    private static @Nullable String untimely(CompactJwt jwt, String audience, Instant now) {
        Instant expires = date(jwt, "exp");
        Instant begins = date(jwt, "nbf");
        Instant issued = date(jwt, "iat");
        if (expires == null || begins == null || issued == null) {
            return "the token's exp, nbf or iat claim is missing or not a date in whole seconds";
        }
        if (!expires.isAfter(now)) {
            return "the token has expired";
        }
        Instant latest = now.plus(SKEW);
        return begins.isAfter(latest) || issued.isAfter(latest) ? "the token is not valid yet" : null;
    }

    private static @Nullable String incomplete(CompactJwt jwt, String audience, Instant now) {
        if (jwt.payload().containsKey("act")) {
            return "the token was passed on by another agent (act), which is not accepted here";
        }
        if (jwt.payload().containsKey(Confirmation.CLAIM) && !understood(jwt.claim(Confirmation.CLAIM))) {
            return "the token is bound (cnf) in a way that is not understood here";
        }
        for (String name : TEXTS) {
            if (text(jwt, name).isBlank()) {
                return "the token has no " + name + " claim that is a non-empty string";
            }
        }
        if (uuid(jwt) == null) {
            return "the token's jti claim is not a UUID";
        }
        return provider(jwt) == null ? "the token has no attestation claim that names a provider" : null;
    }

    /** Exactly what the broker writes, and at least one of it: what was not looked at would not bind. */
    private static boolean understood(@Nullable Object cnf) {
        return cnf instanceof Map<?, ?> members
                && !members.isEmpty()
                && Set.of(Confirmation.JKT, Confirmation.CERTIFICATE).containsAll(members.keySet())
                && members.values().stream().allMatch(String.class::isInstance);
    }

    private static String text(CompactJwt jwt, String name) {
        return Objects.requireNonNullElse(jwt.text(name), "");
    }

    private static List<String> actions(CompactJwt jwt) {
        return Arrays.stream(text(jwt, "scope").split(" ", -1))
                .filter(action -> !action.isEmpty())
                .toList();
    }

    /** A NumericDate as the broker writes it; null where there is none. */
    private static @Nullable Instant date(CompactJwt jwt, String claim) {
        return jwt.claim(claim) instanceof Long seconds && seconds >= 0 && seconds <= LATEST
                ? Instant.ofEpochSecond(seconds)
                : null;
    }

    private static @Nullable UUID uuid(CompactJwt jwt) {
        try {
            UUID jti = UUID.fromString(text(jwt, "jti"));
            return jti.toString().equals(jwt.text("jti")) ? jti : null; // others are read from odd spellings too
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static @Nullable String provider(CompactJwt jwt) {
        return jwt.claim("attestation") instanceof Map<?, ?> attestation
                        && attestation.get("provider") instanceof String provider
                        && !provider.isBlank()
                ? provider
                : null;
    }
}
