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
import org.jspecify.annotations.Nullable;

/** Verifies the JWTs of one OIDC-shaped issuer, by rules in the order of {@link Check}. */
final class JwtAttestor implements Attestor {

    private final List<Rule> rules;
    private final KeptClaims kept;
    private final InstantSource clock;

    JwtAttestor(List<Rule> rules, KeptClaims kept, InstantSource clock) {
        this.rules = rules;
        this.kept = kept;
        this.clock = clock;
    }

    @Override
    public Verdict attest(Evidence evidence) {
        return switch (evidence) {
            case Evidence.Unreadable(var check, var problem) -> new Rejected(check, problem);
            case DocumentEvidence _ -> new Rejected(Check.FORMAT, "the evidence is not a token");
            case JwtEvidence jwt -> attest(jwt, clock.instant());
        };
    }

    private Verdict attest(JwtEvidence jwt, Instant now) {
        for (Rule rule : rules) {
            Rejected rejected = rule.broken(jwt, now);
            if (rejected != null) {
                return rejected;
            }
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
