package dev.sallyport.core.attest;

import java.time.Duration;

/**
 * What a trust provider's document says of the use of its evidence, once it is verified.
 *
 * @param bindProof whether its first use binds it to a key
 * @param beyond how long a token may outlast it, at most
 */
public record EvidenceTerms(BindProof bindProof, Duration beyond) {

    /** Of a document that says nothing: no key, and no token that outlasts the evidence. */
    public static final EvidenceTerms DEFAULT = new EvidenceTerms(BindProof.OFF, Duration.ZERO);
}
