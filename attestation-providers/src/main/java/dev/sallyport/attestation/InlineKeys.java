package dev.sallyport.attestation;

import com.nimbusds.jose.JWSHeader;

/** Keys that stand in the document itself. */
record InlineKeys(KeySet keys) implements KeySource {

    @Override
    public Match match(JWSHeader header) {
        return keys.match(header);
    }
}
