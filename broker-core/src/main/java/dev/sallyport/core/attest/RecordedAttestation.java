package dev.sallyport.core.attest;

import dev.sallyport.core.Recorded;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads back the attestation that an entry of the log holds.
 *
 * <p>The evidence was verified then, and the log is what is believed of it: whoever calls this has read it there. An
 * architecture test holds who may. How it may be used today, {@link Attestors#terms} says.
 */
public final class RecordedAttestation {

    private RecordedAttestation() {}

    /**
     * Reads it.
     *
     * @param verified when the evidence was verified
     * @throws IllegalArgumentException when it is not one that the broker wrote
     */
    public static Attestation read(Recorded attestation, Instant verified) {
        return new StampedAttestation(
                attestation.text("provider"),
                attestation.text("type"),
                attestation.text("subject"),
                claims(attestation.object("claims")),
                Instant.ofEpochSecond(attestation.number("issued")),
                Instant.ofEpochSecond(attestation.number("expires")),
                verified,
                attestation.text("digest"),
                EvidenceTerms.DEFAULT);
    }

    private static Claims claims(Recorded recorded) {
        Map<String, Claims.Value> claims = new TreeMap<>();
        for (Map.Entry<?, ?> claim : recorded.fields().entrySet()) {
            String name = String.valueOf(claim.getKey());
            claims.put(
                    name,
                    claim.getValue() instanceof List<?>
                            ? new Claims.Many(recorded.texts(name))
                            : new Claims.One(recorded.text(name)));
        }
        return Claims.of(claims);
    }
}
