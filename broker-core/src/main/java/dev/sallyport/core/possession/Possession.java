package dev.sallyport.core.possession;

import org.jspecify.annotations.Nullable;

/**
 * What the caller of one request showed to hold beside its evidence.
 *
 * @param key what became of its DPoP proof
 * @param certificate SHA-256 of its client certificate, in base64url; null where it showed none
 */
public record Possession(KeyProof key, @Nullable String certificate) {

    /** Nothing. */
    public static final Possession NONE = new Possession(new KeyProof.None(), null);

    /** The keys that are proven: of a bad proof none. */
    public Confirmation proven() {
        return new Confirmation(key instanceof KeyProof.Held held ? held.jkt() : null, certificate);
    }
}
