package dev.sallyport.core.live;

import dev.sallyport.core.Hash;
import dev.sallyport.core.Recorded;
import dev.sallyport.core.attest.Attestation;
import dev.sallyport.core.attest.RecordedAttestation;
import dev.sallyport.core.possession.Confirmation;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;

/**
 * A token as the log holds it: what it was issued for, and by what.
 *
 * @param index the index of its entry
 * @param sha256 SHA-256 of its compact form, in hexadecimal
 * @param expires when it ends
 * @param agent the agent's name
 * @param target the target's name
 * @param resource the target as the request named it
 * @param actions what may be done there
 * @param proof what the agent had proved
 * @param ip the caller's address
 * @param proven the keys that the caller had proven to hold
 */
public record IssuedToken(
        long index,
        UUID jti,
        String sha256,
        Instant expires,
        String agent,
        String target,
        String resource,
        List<String> actions,
        Attestation proof,
        String ip,
        Confirmation proven) {

    public IssuedToken {
        actions = List.copyOf(actions);
    }

    /**
     * Reads the entry of an issuance.
     *
     * @param leaf its public part
     * @param detail its private part
     * @throws IllegalArgumentException when it is not an entry of that kind
     */
    public static IssuedToken read(long index, byte[] leaf, byte[] detail) {
        Recorded open = Recorded.parse(leaf);
        Recorded inner = Recorded.parse(detail);
        Recorded input = inner.object("input");
        return new IssuedToken(
                index,
                UUID.fromString(open.text("jti")),
                open.text("token_sha256"),
                Instant.parse(open.text("expires")),
                inner.text("agent"),
                inner.text("target"),
                input.texts("resources").getFirst(),
                inner.texts("actions"),
                RecordedAttestation.read(inner.object("attestation"), Instant.ofEpochMilli(input.number("time"))),
                input.text("ip"),
                input.optional(Confirmation.CLAIM)
                        .map(IssuedToken::confirmation)
                        .orElse(Confirmation.NONE));
    }

    private static Confirmation confirmation(Recorded cnf) {
        return new Confirmation(cnf.optionalText(Confirmation.JKT), cnf.optionalText(Confirmation.CERTIFICATE));
    }

    /** Whether this is the entry of that very token, and not only of its {@code jti}. */
    boolean is(String compact) {
        byte[] hash = Hash.sha256(compact.getBytes(StandardCharsets.US_ASCII));
        return MessageDigest.isEqual(hash, HexFormat.of().parseHex(sha256));
    }

    @Override
    public String toString() {
        return "IssuedToken[" + jti + "]";
    }
}
