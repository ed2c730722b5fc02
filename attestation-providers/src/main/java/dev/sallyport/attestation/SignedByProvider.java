package dev.sallyport.attestation;

import com.nimbusds.jose.JOSEException;
import dev.sallyport.core.Unavailable;
import dev.sallyport.core.attest.Check;
import dev.sallyport.core.attest.JwtEvidence;
import dev.sallyport.core.attest.Verdict.Rejected;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The signature is that of one of the trust provider's keys.
 *
 * @param provider its name
 * @param seen the signatures that need no second look
 */
record SignedByProvider(String provider, KeySource keys, VerifiedSignatures seen) implements Rule {

    @Override
    public @Nullable Rejected broken(JwtEvidence jwt, Instant now) {
        return switch (keys.match(jwt.header())) {
            case Match.Found(var key) when verified(jwt, key) -> null;
            case Match.Found _ -> new Rejected(Check.SIGNATURE, "the token's signature does not verify");
            case Match.Unfit(var check, var detail) -> new Rejected(check, detail);
            case Match.Unknown(var detail) -> new Rejected(Check.KEY, detail);
            case Match.Unreachable() ->
                throw new Unavailable("the keys of trust provider " + provider + " can't be fetched");
        };
    }

    private boolean verified(JwtEvidence jwt, JwksEntry.Usable key) {
        if (seen.hold(provider, jwt, key.jwk())) {
            return true;
        }
        try {
            boolean verified = jwt.verifiedBy(key.verifier());
            if (verified) {
                seen.add(provider, jwt, key.jwk());
            }
            return verified;
        } catch (JOSEException e) {
            return false;
        }
    }
}
