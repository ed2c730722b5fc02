package dev.sallyport.core.possession;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Names the keys of a caller, as the {@code cnf} claim of a token does (RFC 7800 section 3).
 *
 * @param jkt the RFC 7638 thumbprint of the key that DPoP proofs are made with (RFC 9449 section 6.1)
 * @param certificate SHA-256 of the client certificate: {@code x5t#S256} (RFC 8705 section 3.1)
 */
public record Confirmation(@Nullable String jkt, @Nullable String certificate) {

    /** The claim that holds it. */
    public static final String CLAIM = "cnf";

    /** The member for a key. */
    public static final String JKT = "jkt";

    /** The member for a certificate. */
    public static final String CERTIFICATE = "x5t#S256";

    /** No key at all. */
    public static final Confirmation NONE = new Confirmation(null, null);

    public boolean isNone() {
        return jkt == null && certificate == null;
    }

    /** How that was proven, in one word: {@code none}, {@code dpop}, {@code mtls} or {@code dpop+mtls}. */
    public String method() {
        if (jkt == null) {
            return certificate == null ? "none" : "mtls";
        }
        return certificate == null ? "dpop" : "dpop+mtls";
    }

    /** The value of the claim. */
    public Map<String, String> members() {
        Map<String, String> members = new TreeMap<>();
        if (jkt != null) {
            members.put(JKT, jkt);
        }
        if (certificate != null) {
            members.put(CERTIFICATE, certificate);
        }
        return members;
    }
}
