package dev.sallyport.core.directory;

import dev.sallyport.core.Invalid;
import dev.sallyport.core.jwt.SigningAlgorithm;
import dev.sallyport.core.policy.Proof;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a target asks of its tokens.
 *
 * @param maxTtl the longest lifetime: over zero, at most {@link #HARD_CAP}; 5 minutes by default
 * @param alg the signing algorithm: one of {@link SigningAlgorithm#NAMES}
 * @param proof whether a token must be bound to a key of the caller
 * @param audience the {@code aud} claim where it is not the resource
 */
public record TokenRules(
        Duration maxTtl, String alg, Proof proof, @Nullable String audience) {

    /** No token ever lives longer. */
    public static final Duration HARD_CAP = Duration.ofHours(1);

    public static final TokenRules DEFAULT = new TokenRules(Duration.ofMinutes(5), "ES256", Proof.NONE, null);

    public TokenRules {
        maxTtl = maxTtl == null ? Duration.ofMinutes(5) : maxTtl;
        alg = alg == null ? "ES256" : alg;
        proof = proof == null ? Proof.NONE : proof;
        checkTtl("maxTtl", maxTtl);
        SigningAlgorithm _ = SigningAlgorithm.of(alg);
        Invalid.unless(audience == null || !audience.isBlank(), "audience", "must not be blank");
    }

    /** Throws unless the duration is whole seconds, over zero and at most the hard cap. */
    public static void checkTtl(String field, Duration ttl) {
        Invalid.unless(
                ttl.compareTo(Duration.ofSeconds(1)) >= 0
                        && ttl.compareTo(HARD_CAP) <= 0
                        && ttl.equals(ttl.truncatedTo(ChronoUnit.SECONDS)),
                field,
                "must be whole seconds from PT1S to PT1H");
    }
}
