package dev.sallyport.core.jwt;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jose.util.JSONObjectUtils;
import dev.sallyport.core.Hash;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.Base64;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A signed JWT: read and bounded, not yet believed. The broker's one reader of them, whoever issued them.
 *
 * <p>Only the compact JWS form exists here (RFC 7515 section 7.1). At most {@value #MAX_LENGTH} characters; JSON members may
 * not repeat at any depth (RFC 8725 section 3.12 of its successor draft), nor nest deeper than {@value #MAX_DEPTH}.
 */
public final class CompactJwt implements Reading {

    /** The longest JWT that is looked at, in characters. */
    public static final int MAX_LENGTH = 16 * 1024;

    private static final int MAX_DEPTH = 8;

    /** Base64url without padding, which decoders are lenient about; the signature may be missing, to be told so. */
    private static final Pattern COMPACT = Pattern.compile("[A-Za-z0-9_-]++\\.[A-Za-z0-9_-]++\\.[A-Za-z0-9_-]*+");

    private final JWSHeader header;
    private final Map<String, Object> headerMembers;
    private final Map<String, Object> payload;
    private final byte[] signingInput;
    private final Base64URL signature;

    /** Computed once it is asked for; it does not matter by whom, and how often. */
    private @Nullable String digest;

    private CompactJwt(
            JWSHeader header,
            Map<String, Object> headerMembers,
            Map<String, Object> payload,
            byte[] signingInput,
            Base64URL signature) {
        this.header = header;
        this.headerMembers = headerMembers;
        this.payload = payload;
        this.signingInput = signingInput;
        this.signature = signature;
    }

    /** Reads the compact form; what can't be read is told, never thrown. */
    public static Reading read(String compact) {
        if (compact.length() > MAX_LENGTH) {
            return new Malformed("the token is longer than " + MAX_LENGTH + " characters");
        }
        if (!COMPACT.matcher(compact).matches()) {
            return new Malformed("the token is not a signed JWT in compact form");
        }
        int firstDot = compact.indexOf('.');
        int secondDot = compact.indexOf('.', firstDot + 1);
        try {
            Map<String, Object> members = JSONObjectUtils.parse(json(compact.substring(0, firstDot)));
            if (members.get("alg") instanceof String alg && alg.equalsIgnoreCase("none")) {
                return new Unsigned("the token is not signed (alg none)");
            }
            JWSHeader header = JWSHeader.parse(members);
            Map<String, Object> payload = JSONObjectUtils.parse(json(compact.substring(firstDot + 1, secondDot)));
            byte[] signingInput = compact.substring(0, secondDot).getBytes(StandardCharsets.US_ASCII);
            return new CompactJwt(
                    header, members, payload, signingInput, new Base64URL(compact.substring(secondDot + 1)));
        } catch (ParseException | IllegalArgumentException e) {
            return new Malformed("the token's header or claims are not well-formed JSON without repeated members");
        }
    }

    public JWSHeader header() {
        return header;
    }

    /** A member of the header as the token has it, or null; for those of which {@link #header} keeps less than there is. */
    public @Nullable Object headerMember(String name) {
        return headerMembers.get(name);
    }

    /** Whether the header asks for extensions ({@code crit}, {@code b64}), none of which is understood here. */
    public boolean asksForExtensions() {
        return header.getCriticalParams() != null || !header.isBase64URLEncodePayload();
    }

    /** A claim as the token has it, or null. */
    public @Nullable Object claim(String name) {
        return payload.get(name);
    }

    /** A claim if it is a string, or null. */
    public @Nullable String text(String name) {
        return payload.get(name) instanceof String text ? text : null;
    }

    /** The claims as parsed JSON: strings, numbers, booleans, lists and maps. */
    public Map<String, Object> payload() {
        return payload;
    }

    /** Whether the signature is the verifier's key's, in its one spelling: decoders pass over bits at the end. */
    public boolean verifiedBy(JWSVerifier verifier) throws JOSEException {
        return Base64URL.encode(signature.decode()).equals(signature)
                && verifier.verify(header, signingInput, signature);
    }

    /** The signature as the token spells it. */
    public String signature() {
        return signature.toString();
    }

    /** The token as it came: a secret, for the one who issued it only. */
    public String compact() {
        return new String(signingInput, StandardCharsets.US_ASCII) + "." + signature;
    }

    /** SHA-256, in hexadecimal, of {@code header.payload}; the signature is left out because it can be altered and stay valid. */
    public String digest() {
        String known = digest;
        if (known == null) {
            known = Hash.hex(Hash.sha256(signingInput));
            digest = known;
        }
        return known;
    }

    @Override
    public String toString() {
        return "CompactJwt[redacted]";
    }

    private static String json(String base64url) throws ParseException {
        byte[] bytes = Base64.getUrlDecoder().decode(base64url);
        String text = Utf8.decode(bytes);
        if (!text.strip().startsWith("{")) { // the parser reads null as null and [] as an empty object
            throw new ParseException("not a JSON object", 0);
        }
        JsonShape.check(text, MAX_DEPTH);
        return text;
    }
}
