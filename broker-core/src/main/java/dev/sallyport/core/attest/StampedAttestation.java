package dev.sallyport.core.attest;

import java.time.Instant;

/** The only attestation there is; package-private, so that nothing outside can forge one. */
record StampedAttestation(
        String provider,
        String type,
        String subject,
        Claims claims,
        Instant issued,
        Instant expires,
        Instant verified,
        String digest,
        EvidenceTerms terms)
        implements Attestation {}
