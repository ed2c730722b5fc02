package dev.sallyport.attestation;

import dev.sallyport.core.attest.JwtEvidence;
import dev.sallyport.core.attest.Verdict.Rejected;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** One thing that a token must meet. */
@FunctionalInterface
interface Rule {

    /** How the token breaks the rule, or null where it keeps it. */
    @Nullable
    Rejected broken(JwtEvidence jwt, Instant now);
}
