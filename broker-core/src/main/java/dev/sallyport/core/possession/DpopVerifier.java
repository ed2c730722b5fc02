package dev.sallyport.core.possession;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.util.Base64URL;
import dev.sallyport.core.Hash;
import dev.sallyport.core.jwt.CompactJwt;
import java.nio.charset.StandardCharsets;
import java.security.Provider;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Verifies DPoP proofs (RFC 9449 section 4.3): what a request's headers say goes in, a key that the caller holds comes out.
 *
 * <p>A proof must be for this request, this access token where there is one, and now. That it was not used before is told
 * only when it is spent: callers who have nothing else to show leave no trace here. Safe to use from all threads.
 */
public final class DpopVerifier {

    /** The name of the header that carries a proof. */
    public static final String HEADER = "DPoP";

    /** How far {@code iat} may be from the broker's clock, either way: as far as that of evidence may be ahead. */
    public static final Duration WINDOW = Duration.ofSeconds(60);

    private static final int MAX_LENGTH = 8 * 1024;
    private static final int MAX_JTI = 256;

    /** The end of the year 9999. */
    private static final long LATEST = 253_402_300_799L;

    private final Nonces nonces;
    private final boolean nonceNeeded;
    private final @Nullable Provider crypto;
    private final InstantSource clock;
    private final SpentProofs spent;

    /**
     * What a proof has to be for.
     *
     * @param method the request's method: {@code htm}
     * @param uri the request's URI, by the issuer and never by a header: {@code htu}
     * @param accessToken the token that comes with it, whose hash is {@code ath}; null at the token endpoint
     */
    public record Use(String method, String uri, @Nullable String accessToken) {

        @Override
        public String toString() {
            return "Use[" + method + " " + uri + "]";
        }
    }

    /**
     * Makes a verifier, which remembers the proofs that were used.
     *
     * @param nonceNeeded whether a proof must have a nonce; one that it has must be good anyway
     * @param crypto the cryptography to verify with; null for the JDK's
     */
    public DpopVerifier(Nonces nonces, boolean nonceNeeded, @Nullable Provider crypto, InstantSource clock) {
        this.nonces = nonces;
        this.nonceNeeded = nonceNeeded;
        this.crypto = crypto;
        this.clock = clock;
        this.spent = new SpentProofs(clock);
    }

    /** The algorithms that are accepted, by name. */
    public static List<String> algorithms() {
        return ProofKey.ALGORITHMS;
    }

    /** A nonce for the caller's next proof. */
    public String nonce() {
        return nonces.fresh();
    }

    /** Verifies the proof that a request carries, if it does. */
    public KeyProof verify(List<String> headers, Use use) {
        if (headers.isEmpty()) {
            return new KeyProof.None();
        }
        if (headers.size() > 1) {
            return bad("there is more than one DPoP header");
        }
        String compact = headers.getFirst();
        if (compact.length() > MAX_LENGTH) {
            return bad("the DPoP proof is longer than " + MAX_LENGTH + " characters");
        }
        return CompactJwt.read(compact) instanceof CompactJwt proof
                ? verify(proof, use)
                : bad("the DPoP proof is not one signed JWT with a public key in jwk");
    }

    private KeyProof verify(CompactJwt proof, Use use) {
        Optional<ProofKey> key = ProofKey.of(proof);
        if (key.isEmpty()) {
            return bad("the DPoP proof's jwk is not a public key that goes with its alg, which is one of "
                    + String.join(", ", ProofKey.ALGORITHMS));
        }
        String fault = fault(proof, use);
        if (fault != null) {
            return bad("the DPoP proof's " + fault);
        }
        if (!key.get().signed(proof, crypto)) {
            return bad("the DPoP proof's signature does not verify");
        }
        return nonceWanted(proof) ? nonceWanted() : held(proof, key.get());
    }

    /** What is wrong with what a proof says, or null. */
    private @Nullable String fault(CompactJwt proof, Use use) {
        if (proof.header().getType() == null
                || !proof.header().getType().getType().toLowerCase(Locale.ROOT).equals("dpop+jwt")) {
            return "typ is not dpop+jwt";
        }
        if (proof.asksForExtensions()) {
            return "header has crit or b64, which are not understood here";
        }
        String jti = proof.text("jti");
        if (jti == null || jti.isBlank() || jti.length() > MAX_JTI) {
            return "jti is missing, or longer than " + MAX_JTI + " characters";
        }
        if (!use.method.equals(proof.text("htm"))) {
            return "htm is not the method of the request";
        }
        String htu = proof.text("htu");
        if (htu == null || !HttpUri.same(htu, use.uri)) {
            return "htu is not the URL of the request, which begins with the issuer";
        }
        if (use.accessToken != null && !hash(use.accessToken).equals(proof.text("ath"))) {
            return "ath is not the hash of the access token";
        }
        return untimely(proof);
    }

    private @Nullable String untimely(CompactJwt proof) {
        Instant issued = issued(proof);
        Instant now = clock.instant();
        if (issued == null) {
            return "iat is missing or no date";
        }
        return issued.isBefore(now.minus(WINDOW)) || issued.isAfter(now.plus(WINDOW))
                ? "iat is more than " + WINDOW.toSeconds() + " seconds from the broker's clock"
                : null;
    }

    /** A NumericDate (RFC 7519 section 2), which may have a fraction: it is cut off. */
    private static @Nullable Instant issued(CompactJwt proof) {
        return proof.claim("iat") instanceof Number date && date.doubleValue() >= 0 && date.doubleValue() <= LATEST
                ? Instant.ofEpochSecond(date.longValue())
                : null;
    }

    private boolean nonceWanted(CompactJwt proof) {
        String nonce = proof.text("nonce");
        return nonce == null ? nonceNeeded || proof.payload().containsKey("nonce") : !nonces.good(nonce);
    }

    private KeyProof held(CompactJwt proof, ProofKey key) {
        try {
            String jkt = key.thumbprint();
            ProofId id = ProofId.of(jkt, String.valueOf(proof.text("jti")));
            return new VerifiedProof(jkt, id, Objects.requireNonNull(issued(proof)), spent);
        } catch (JOSEException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static String hash(String accessToken) {
        return Base64URL.encode(Hash.sha256(accessToken.getBytes(StandardCharsets.US_ASCII)))
                .toString();
    }

    private static KeyProof nonceWanted() {
        return new KeyProof.NonceWanted("the DPoP proof needs the nonce that this answer has in DPoP-Nonce");
    }

    private static KeyProof bad(String detail) {
        return new KeyProof.Bad(detail);
    }
}
