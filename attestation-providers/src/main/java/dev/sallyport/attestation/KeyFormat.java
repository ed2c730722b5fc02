package dev.sallyport.attestation;

import java.security.Provider;
import java.text.ParseException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How a document of keys is to be read. */
enum KeyFormat {
    /** A JWKS (RFC 7517 section 5). */
    JWKS {
        @Override
        KeySet read(Map<String, Object> document, @Nullable Provider crypto) throws ParseException {
            return KeySet.of(document, crypto);
        }
    },
    /** A SPIFFE bundle: a JWKS that says more. */
    SPIFFE_BUNDLE {
        @Override
        KeySet read(Map<String, Object> document, @Nullable Provider crypto) throws ParseException {
            return SpiffeBundle.keys(document, crypto);
        }
    };

    /** Throws where it is not such a document, or has too many keys. */
    abstract KeySet read(Map<String, Object> document, @Nullable Provider crypto) throws ParseException;
}
