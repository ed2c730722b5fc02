package dev.sallyport.core.attest;

import dev.sallyport.core.jwt.StrictJson;
import java.text.ParseException;
import java.util.Base64;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Evidence that is no token: a document that a platform signed, or a request that proves who signed it. Read and bounded, not
 * yet believed.
 *
 * <p>Whoever saw such a document has a copy, so it counts together with the key that its caller proved to hold.
 */
public final class DocumentEvidence implements Evidence {

    /** The longest form of it that is looked at, in characters of base64url. */
    static final int MAX_LENGTH = 48 * 1024;

    private final String type;
    private final Map<String, Object> fields;
    private final @Nullable String jkt;
    private @Nullable Boolean used;

    private DocumentEvidence(String type, Map<String, Object> fields, @Nullable String jkt) {
        this.type = type;
        this.fields = fields;
        this.jkt = jkt;
    }

    static Evidence read(String type, String base64url) {
        if (base64url.length() > MAX_LENGTH) {
            return new Unreadable(Check.FORMAT, "the document is longer than " + MAX_LENGTH + " characters");
        }
        try {
            return of(type, StrictJson.object(Base64.getUrlDecoder().decode(base64url)), null);
        } catch (ParseException | IllegalArgumentException e) {
            return new Unreadable(
                    Check.FORMAT, "the document is not a JSON object without repeated members, in base64url");
        }
    }

    static DocumentEvidence of(String type, Map<String, Object> fields, @Nullable String jkt) {
        return new DocumentEvidence(type, fields, jkt);
    }

    /** The same with the thumbprint of the key that its caller proved to hold; null where it proved none. */
    public DocumentEvidence heldBy(@Nullable String thumbprint) {
        return new DocumentEvidence(type, fields, thumbprint);
    }

    /** The type of the trust providers that understand it, such as {@code aws-identity-document}. */
    public String type() {
        return type;
    }

    /** A member of the document, or null. */
    public @Nullable Object field(String name) {
        return fields.get(name);
    }

    /** A member of the document if it is a string, or null. */
    public @Nullable String text(String name) {
        return fields.get(name) instanceof String text ? text : null;
    }

    /** The RFC 7638 thumbprint of the caller's key; null where it proved none. */
    public @Nullable String jkt() {
        return jkt;
    }

    /**
     * Uses up what can be used once. Asked again for this evidence, as when a decision is made anew, it says the same and uses
     * nothing.
     */
    public synchronized boolean once(BooleanSupplier use) {
        if (used == null) {
            used = use.getAsBoolean();
        }
        return used;
    }

    @Override
    public String toString() {
        return "DocumentEvidence[" + type + "]";
    }
}
