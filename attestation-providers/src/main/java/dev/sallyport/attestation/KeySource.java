package dev.sallyport.attestation;

import com.nimbusds.jose.JWSHeader;

/** Where a trust provider's keys come from; safe to use from all threads. */
sealed interface KeySource permits InlineKeys, FileKeys, JwksCache {

    /** The key that can have signed a token with this header. */
    Match match(JWSHeader header);
}
