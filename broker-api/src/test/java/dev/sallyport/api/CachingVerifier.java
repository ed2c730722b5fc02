package dev.sallyport.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.SignedJWT;
import dev.sallyport.core.jwt.Ed25519Verifier;
import java.io.IOException;
import java.net.URL;
import java.security.GeneralSecurityException;
import java.text.ParseException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Verifies tokens as a target does: by a key set that it keeps for {@code max-age}, and fetches anew for an unknown key. */
final class CachingVerifier {

    private static final Pattern MAX_AGE = Pattern.compile("max-age=(\\d+)");

    private final JWKSource<SecurityContext> keys;

    CachingVerifier(RunningBroker broker) {
        String stated = broker.send(broker.request("/oauth2/jwks"))
                .http()
                .headers()
                .firstValue("Cache-Control")
                .orElseThrow();
        Matcher maxAge = MAX_AGE.matcher(stated);
        assertThat(maxAge.find()).isTrue();
        try {
            URL url = broker.request("/oauth2/jwks").build().uri().toURL();
            keys = JWKSourceBuilder.create(url)
                    .cache(Long.parseLong(maxAge.group(1)) * 1_000, 2_000)
                    .refreshAheadCache(false)
                    .rateLimited(1_000)
                    .build();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Fails where the token does not verify. */
    void check(String compact) {
        try {
            SignedJWT token = SignedJWT.parse(compact);
            String kid = token.getHeader().getKeyID();
            List<JWK> found =
                    keys.get(new JWKSelector(new JWKMatcher.Builder().keyID(kid).build()), null);
            assertThat(found).as(kid).hasSize(1);
            assertThat(found.getFirst().getAlgorithm())
                    .isEqualTo(token.getHeader().getAlgorithm());
            assertThat(token.verify(verifier(found.getFirst()))).as(kid).isTrue();
        } catch (JOSEException | GeneralSecurityException | ParseException e) {
            throw new AssertionError(e);
        }
    }

    private static JWSVerifier verifier(JWK key) throws JOSEException, GeneralSecurityException {
        return switch (key.getAlgorithm().getName()) {
            case "ES256" -> new ECDSAVerifier(key.toECKey());
            case "RS256" -> new RSASSAVerifier(key.toRSAKey());
            default -> new Ed25519Verifier(key.toOctetKeyPair(), null);
        };
    }
}
