package dev.sallyport.attestation;

import dev.sallyport.attestation.JwksEntry.Fault;
import dev.sallyport.attestation.JwksEntry.Unusable;
import dev.sallyport.core.Invalid;
import java.io.IOException;
import java.net.URI;
import java.security.Provider;
import java.text.ParseException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes key sources, and keeps them, so that a recompiled trust provider finds its keys already loaded.
 *
 * <p>The {@value #MAX_KEPT} origins used last are kept; one that falls out only has to be loaded again.
 */
final class KeySources {

    static final int MAX_KEPT = 1024;

    private final Fetch fetch;
    private final @Nullable Provider crypto;
    private final LongSupplier nanoTime;
    private final Executor background;
    private final Map<KeyOrigin, KeySource> kept = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<KeyOrigin, KeySource> eldest) {
            return size() > MAX_KEPT;
        }
    };

    KeySources(Fetch fetch, @Nullable Provider crypto, LongSupplier nanoTime, Executor background) {
        this.fetch = fetch;
        this.crypto = crypto;
        this.nanoTime = nanoTime;
        this.background = background;
    }

    /**
     * Runs a fetch on a thread of the platform's: there is one for each origin at most, and looking up a name can hold
     * its thread for long, which must not be one that virtual threads share.
     */
    static void fetchOnThread(Runnable fetch) {
        Thread.ofPlatform().daemon().name("keys").start(fetch);
    }

    /** The source of an origin. Local ones are read at once, and are refused with {@link Invalid} when that fails. */
    KeySource of(KeyOrigin origin) {
        synchronized (kept) {
            KeySource known = kept.get(origin);
            if (known instanceof FileKeys file) {
                file.reload();
            }
            if (known != null) {
                return known;
            }
            KeySource made = made(origin);
            kept.put(origin, made);
            return made;
        }
    }

    /** Whether both are one place, or one has no keys to be told apart by, or both hold a key in common as far as that can be told without the network. */
    boolean overlap(KeyOrigin one, KeyOrigin other) {
        return one.equals(other)
                || one instanceof KeyOrigin.Asked
                || other instanceof KeyOrigin.Asked
                || !Collections.disjoint(localKeys(one), localKeys(other));
    }

    private Set<String> localKeys(KeyOrigin origin) {
        return origin instanceof KeyOrigin.Remote
                ? Set.of()
                : switch (of(origin)) {
                    case InlineKeys(var keys) -> keys.thumbprints();
                    case FileKeys file -> file.keys().thumbprints();
                    case JwksCache _ -> Set.of();
                };
    }

    private KeySource made(KeyOrigin origin) {
        return switch (origin) {
            case KeyOrigin.Inline(var jwks, var format) -> new InlineKeys(strict("keys.jwks", jwks, format, crypto));
            case KeyOrigin.InFile(var path, var format) -> new FileKeys(path, format, crypto, nanoTime);
            case KeyOrigin.Asked(var cluster) ->
                throw new IllegalArgumentException("cluster " + cluster + " has keys of its own");
            case KeyOrigin.Remote remote -> new JwksCache(() -> fetched(remote), nanoTime, background);
        };
    }

    private KeySet fetched(KeyOrigin.Remote remote) throws IOException {
        return switch (remote) {
            case KeyOrigin.AtUrl(var uri, var format) -> read(uri, format);
            case KeyOrigin.Discovery discovery -> read(discovered(discovery), KeyFormat.JWKS);
        };
    }

    private KeySet read(URI uri, KeyFormat format) throws IOException {
        byte[] document = bounded(uri);
        try {
            return format.read(Json.object(document), crypto);
        } catch (ParseException e) {
            throw new IOException("the keys at " + uri + " are refused", e);
        }
    }

    private URI discovered(KeyOrigin.Discovery discovery) throws IOException {
        byte[] document = bounded(discovery.document());
        try {
            Map<String, Object> json = Json.object(document);
            if (!discovery.issuer().equals(json.get("issuer"))) {
                throw new IOException(discovery.document() + " is for another issuer");
            }
            return Urls.http("jwks_uri", String.valueOf(json.get("jwks_uri")));
        } catch (ParseException e) {
            throw new IOException(discovery.document() + " is not a JSON object", e);
        } catch (Invalid e) {
            throw new IOException(discovery.document() + " has no usable jwks_uri", e);
        }
    }

    private byte[] bounded(URI uri) throws IOException {
        try {
            byte[] document = fetch.get(uri);
            if (document.length <= Fetch.MAX_BYTES) {
                return document;
            }
        } catch (IOException e) {
            throw new IOException(uri + " can't be had", e);
        }
        throw new IOException(uri + " is larger than " + Fetch.MAX_BYTES + " bytes");
    }

    /** The keys of a document that an admin wrote: everything in it must be a well-formed public key. */
    static KeySet strict(String field, Map<String, Object> jwks, KeyFormat format, @Nullable Provider crypto) {
        try {
            KeySet keys = format.read(jwks, crypto);
            refuseFaults(field, keys.entries());
            Invalid.unless(!keys.isEmpty(), field, "has no key that verifies the signatures of such tokens");
            return keys;
        } catch (ParseException e) {
            throw new Invalid(field, String.valueOf(e.getMessage()));
        }
    }

    private static void refuseFaults(String field, List<JwksEntry> entries) {
        for (int i = 0; i < entries.size(); i++) {
            if (entries.get(i) instanceof Unusable(var kid, var fault, var reason) && fault != Fault.UNSUITED) {
                throw new Invalid(field + ".keys[" + i + "]", reason);
            }
        }
    }
}
