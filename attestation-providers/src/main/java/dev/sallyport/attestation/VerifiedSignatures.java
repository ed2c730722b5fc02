package dev.sallyport.attestation;

import com.nimbusds.jose.jwk.JWK;
import dev.sallyport.core.attest.JwtEvidence;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Remembers signatures that verified, so that a workload which shows one token for several targets has it verified once.
 *
 * <p>Nothing else is remembered: whether the key is still the trust provider's, the times, the audience and the pins are
 * looked at each time. A signature is that of the very token, in its very spelling, under the very key, for one trust
 * provider. A table with one place for each hash: the later one takes the place, nobody waits, and nothing grows.
 */
final class VerifiedSignatures {

    /** Each place holds less than 2 KiB: with the longest signatures there are, 16 MiB. */
    private static final int PLACES = 8192;

    private final AtomicReferenceArray<@Nullable Seen> places;

    VerifiedSignatures() {
        this(PLACES);
    }

    private VerifiedSignatures(int places) {
        this.places = new AtomicReferenceArray<>(places);
    }

    /** Remembers nothing. */
    static VerifiedSignatures none() {
        return new VerifiedSignatures(0);
    }

    boolean hold(String provider, JwtEvidence jwt, JWK key) {
        if (places.length() == 0) {
            return false;
        }
        Seen seen = places.get(place(provider, jwt));
        return seen != null && seen.is(provider, jwt, key);
    }

    /** Only for one that verified. */
    void add(String provider, JwtEvidence jwt, JWK key) {
        if (places.length() > 0) {
            places.set(place(provider, jwt), new Seen(provider, jwt.digest(), jwt.signature(), key));
        }
    }

    private int place(String provider, JwtEvidence jwt) {
        return Math.floorMod(31 * provider.hashCode() + jwt.digest().hashCode(), places.length());
    }

    /** What verified; the digest covers header and payload, the algorithm and the kid among them. */
    private record Seen(String provider, String digest, String signature, JWK key) {

        /** Keys that were fetched again are other objects. */
        boolean is(String provider, JwtEvidence jwt, JWK key) {
            return this.provider.equals(provider)
                    && digest.equals(jwt.digest())
                    && signature.equals(jwt.signature())
                    && this.key.equals(key);
        }

        @Override
        public String toString() {
            return "Seen[redacted]";
        }
    }
}
