package dev.sallyport.core.attest;

import java.time.Instant;

/**
 * Proof that some evidence was verified: holding one <em>is</em> being attested.
 *
 * <p>Only {@link Attestors} makes one, and it stamps provider and type onto it, so a provider can't speak for another.
 */
public sealed interface Attestation extends Appraisal permits StampedAttestation {

    /** The name of the trust provider that vouches. */
    String provider();

    /** The provider's type, such as {@code github-actions}. */
    String type();

    /** The platform's own name for the workload. */
    String subject();

    Claims claims();

    Instant issued();

    Instant expires();

    /** When the broker verified it. */
    Instant verified();

    /** SHA-256 of the evidence, in hexadecimal. */
    String digest();

    /** Whether it is about a person, and not about a workload. */
    default boolean ofPerson() {
        return type().equals(TrustProvider.WORKFORCE);
    }

    /** How it may be used, as the provider's document says. */
    EvidenceTerms terms();
}
