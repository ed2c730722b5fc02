package dev.sallyport.attestation;

import dev.sallyport.core.Invalid;
import dev.sallyport.core.attest.TrustProvider.Keys;
import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;

/** Says where keys come from; equal origins share one {@link KeySource}. */
sealed interface KeyOrigin {

    /** The JWKS stands in the document. */
    record Inline(Map<String, Object> jwks) implements KeyOrigin {}

    /** The JWKS is a local file. */
    record InFile(Path path) implements KeyOrigin {}

    /** Somewhere on the network. */
    sealed interface Remote extends KeyOrigin {}

    /** The JWKS is at a URL. */
    record AtUrl(URI uri) implements Remote {}

    /** The issuer's OpenID configuration names the JWKS. */
    record Discovery(String issuer) implements Remote {

        /** OpenID Connect Discovery section 4: appended to the issuer, whose trailing slash goes. */
        URI document() {
            return URI.create(Urls.withoutSlash(issuer) + "/.well-known/openid-configuration");
        }
    }

    /** Reads a document's {@code keys}; throws {@link Invalid} with the field. */
    static KeyOrigin of(Keys keys, String issuer) {
        if (keys.jwksUri() != null) {
            return new AtUrl(Urls.http("keys.jwksUri", keys.jwksUri()));
        }
        if (keys.jwks() != null) {
            return new Inline(keys.jwks());
        }
        if (keys.file() != null) {
            try {
                return new InFile(Path.of(keys.file()).toAbsolutePath().normalize());
            } catch (InvalidPathException e) {
                throw new Invalid("keys.file", "is not a path");
            }
        }
        return new Discovery(issuer);
    }
}
