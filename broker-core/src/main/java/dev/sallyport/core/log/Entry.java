package dev.sallyport.core.log;

import dev.sallyport.core.CanonicalJson;
import dev.sallyport.core.Hash;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One record of the log: a public leaf, which is hashed, and a private detail, which the leaf commits to.
 *
 * <p>The leaf says nothing about who or why, so it can be shown to anyone; auditors see the detail.
 *
 * @param time when it happened; kept to the millisecond
 * @param type what happened, such as {@code issuance}
 * @param outcome how it ended, such as {@code issued} or {@code refused}
 * @param token the token it speaks of, if any
 * @param detail the rest: a JSON object
 */
public record Entry(
        Instant time, String type, String outcome, @Nullable TokenFacts token, Map<String, Object> detail) {

    /** The type of entries about access attempts. */
    public static final String ISSUANCE = "issuance";

    private static final DateTimeFormatter MILLIS =
            new DateTimeFormatterBuilder().appendInstant(3).toFormatter(Locale.ROOT);

    /**
     * What the leaf says of a token.
     *
     * @param jti its id
     * @param sha256 SHA-256 of its compact form, in hexadecimal
     * @param expires when it ends
     */
    public record TokenFacts(UUID jti, String sha256, Instant expires) {}

    /**
     * Turns the entry into the bytes that are stored.
     *
     * @param salt 16 random bytes, so that nobody can guess a detail from its commitment
     */
    public SealedEntry seal(byte[] salt) {
        byte[] detailBytes = CanonicalJson.bytes(detail);
        byte[] leaf = CanonicalJson.bytes(leaf(Hash.hex(Hash.sha256(salt, detailBytes))));
        return new SealedEntry(token == null ? null : token.jti(), leaf, salt, detailBytes);
    }

    private Map<String, Object> leaf(String commitment) {
        Map<String, Object> leaf = new TreeMap<>();
        leaf.put("time", MILLIS.format(time));
        leaf.put("type", type);
        leaf.put("outcome", outcome);
        leaf.put("commitment", commitment);
        if (token != null) {
            leaf.put("jti", token.jti().toString());
            leaf.put("token_sha256", token.sha256());
            leaf.put("expires", token.expires().toString());
        }
        return leaf;
    }
}
