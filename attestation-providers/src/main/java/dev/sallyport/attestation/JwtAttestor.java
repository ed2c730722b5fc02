package dev.sallyport.attestation;

import dev.sallyport.core.attest.Attestor;
import dev.sallyport.core.attest.Check;
import dev.sallyport.core.attest.DocumentEvidence;
import dev.sallyport.core.attest.Evidence;
import dev.sallyport.core.attest.JwtEvidence;
import dev.sallyport.core.attest.Verdict;
import dev.sallyport.core.attest.Verdict.Rejected;
import dev.sallyport.core.attest.Verdict.Verified;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Verifies the JWTs of one OIDC-shaped issuer, by rules in the order of {@link Check}. */
final class JwtAttestor implements Attestor {

    private final UnaryOperator<JwtEvidence> reading;
    private final List<Rule> rules;
    private final UnaryOperator<JwtEvidence> review;
    private final Pins pins;
    private final KeptClaims kept;
    private final InstantSource clock;

    /**
     * Puts the parts together.
     *
     * @param review asks the platform about a token that keeps the rules, and may add claims; throws {@link NotProven}
     */
    JwtAttestor(
            UnaryOperator<JwtEvidence> reading,
            List<Rule> rules,
            UnaryOperator<JwtEvidence> review,
            Pins pins,
            KeptClaims kept,
            InstantSource clock) {
        this.reading = reading;
        this.rules = rules;
        this.review = review;
        this.pins = pins;
        this.kept = kept;
        this.clock = clock;
    }

    @Override
    public Verdict attest(Evidence evidence) {
        return switch (evidence) {
            case Evidence.Unreadable(var check, var problem) -> new Rejected(check, problem);
            case DocumentEvidence _ -> new Rejected(Check.FORMAT, "the evidence is not a token");
            case JwtEvidence jwt -> attest(reading.apply(jwt), clock.instant());
        };
    }

    private Verdict attest(JwtEvidence jwt, Instant now) {
        for (Rule rule : rules) {
            Rejected rejected = rule.broken(jwt, now);
            if (rejected != null) {
                return rejected;
            }
        }
        try {
            return selected(review.apply(jwt), now);
        } catch (NotProven e) {
            return e.verdict();
        }
    }

    private Verdict selected(JwtEvidence jwt, Instant now) {
        Rejected unpinned = pins.broken(jwt, now);
        if (unpinned != null) {
            return unpinned;
        }
        return switch (kept.from(jwt.payload())) {
            case KeptClaims.Unfit(var detail) -> new Rejected(Check.CLAIMS, detail);
            case KeptClaims.Selected(var claims) ->
                new Verified(
                        Objects.requireNonNull(jwt.text("sub")),
                        claims,
                        Lifetime.issued(jwt, now),
                        Lifetime.expires(jwt),
                        jwt.digest());
        };
    }

    /** The issuer is the trust provider's, to the letter. */
    static Rule issuedBy(String issuer) {
        return (jwt, now) -> issuer.equals(jwt.text("iss"))
                ? null
                : new Rejected(Check.ISSUER, "the token's issuer is not that of the trust provider");
    }

    /** The token says whose it is. */
    static @Nullable Rejected withoutSubject(JwtEvidence jwt, Instant now) {
        String subject = jwt.text("sub");
        return subject == null || subject.isBlank()
                ? new Rejected(Check.SUBJECT, "the token has no sub claim that is a non-empty string")
                : null;
    }
}
