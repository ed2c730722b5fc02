package dev.sallyport.attestation;

import dev.sallyport.core.Invalid;
import dev.sallyport.core.attest.TrustProvider.Keys;
import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Says where keys come from; equal origins share one {@link KeySource}. */
sealed interface KeyOrigin {

    /** The keys stand in the document. */
    record Inline(Map<String, Object> jwks, KeyFormat format) implements KeyOrigin {}

    /** The keys are a local file. */
    record InFile(Path path, KeyFormat format) implements KeyOrigin {}

    /** There are none here: a cluster is asked, which has them. */
    record Asked(String cluster) implements KeyOrigin {}

    /** Somewhere on the network. */
    sealed interface Remote extends KeyOrigin {}

    /** The keys are at a URL. */
    record AtUrl(URI uri, KeyFormat format) implements Remote {}

    /** The issuer's OpenID configuration names the JWKS. */
    record Discovery(String issuer) implements Remote {

        /** OpenID Connect Discovery section 4: appended to the issuer, whose trailing slash goes. */
        URI document() {
            return URI.create(Urls.withoutSlash(issuer) + "/.well-known/openid-configuration");
        }
    }

    /** Reads a document's {@code keys}; throws {@link Invalid} with the field. */
    static KeyOrigin of(Keys keys, String issuer) {
        Invalid.unless(keys.bundleEndpoint() == null, "keys.bundleEndpoint", "is for the type spiffe");
        if (keys.jwksUri() != null) {
            return new AtUrl(Urls.http("keys.jwksUri", keys.jwksUri()), KeyFormat.JWKS);
        }
        KeyOrigin local = local(keys, KeyFormat.JWKS);
        return local == null ? new Discovery(issuer) : local;
    }

    /** The same for a SPIFFE bundle. */
    static KeyOrigin ofBundle(Keys keys) {
        if (keys.bundleEndpoint() != null) {
            return new AtUrl(Urls.http("keys.bundleEndpoint", keys.bundleEndpoint()), KeyFormat.SPIFFE_BUNDLE);
        }
        KeyOrigin local = local(keys, KeyFormat.SPIFFE_BUNDLE);
        if (local == null) {
            throw new Invalid("keys", "must be bundleEndpoint, jwks or file: a trust domain has no other keys");
        }
        return local;
    }

    private static @Nullable KeyOrigin local(Keys keys, KeyFormat format) {
        if (keys.jwks() != null) {
            return new Inline(keys.jwks(), format);
        }
        if (keys.file() == null) {
            return null;
        }
        try {
            return new InFile(Path.of(keys.file()).toAbsolutePath().normalize(), format);
        } catch (InvalidPathException e) {
            throw new Invalid("keys.file", "is not a path");
        }
    }
}
