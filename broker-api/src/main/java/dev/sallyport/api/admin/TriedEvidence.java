package dev.sallyport.api.admin;

import dev.sallyport.core.CanonicalJson;
import dev.sallyport.core.Hash;
import dev.sallyport.core.Invalid;
import dev.sallyport.core.attest.Evidence;
import dev.sallyport.core.attest.JwtEvidence;
import dev.sallyport.core.attest.TrustProvider;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The evidence of a trial.
 *
 * @param digest tells it from other evidence: the one that attestations have, where it is a JWT
 */
record TriedEvidence(Evidence evidence, String digest) {

    /**
     * Reads what was sent; throws {@link Invalid} where that is neither text nor an object.
     *
     * @param type the type of the trust provider
     * @param jkt the thumbprint of the key that its holder would show; null for none
     */
    static TriedEvidence of(@Nullable Object sent, String type, @Nullable String jkt) {
        return switch (sent) {
            case null -> throw new Invalid("evidence", "is missing");
            case String text -> {
                Evidence evidence = type.equals(TrustProvider.WORKFORCE) ? Evidence.idToken(text) : Evidence.jwt(text);
                yield new TriedEvidence(evidence, evidence instanceof JwtEvidence jwt ? jwt.digest() : digest(text));
            }
            case Map<?, ?> object -> {
                Map<String, Object> document = new TreeMap<>();
                object.forEach((name, value) -> document.put(String.valueOf(name), value));
                yield new TriedEvidence(Evidence.document(type, document, jkt), digest(CanonicalJson.text(document)));
            }
            default -> throw new Invalid("evidence", "must be a JWT or an object");
        };
    }

    private static String digest(String text) {
        return Hash.hex(Hash.sha256(text.getBytes(StandardCharsets.UTF_8)));
    }
}
