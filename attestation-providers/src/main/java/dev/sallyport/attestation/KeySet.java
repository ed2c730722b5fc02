package dev.sallyport.attestation;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSHeader;
import dev.sallyport.attestation.JwksEntry.Unusable;
import dev.sallyport.attestation.JwksEntry.Usable;
import dev.sallyport.core.attest.Check;
import java.security.Provider;
import java.text.ParseException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The keys of one document, at most {@value #MAX_KEYS}, and what it says of itself; immutable. */
final class KeySet {

    static final int MAX_KEYS = 500;

    private final List<JwksEntry> entries;
    private final List<Usable> usable = new ArrayList<>();
    private final Map<String, List<JwksEntry>> byKid = new HashMap<>();

    private final @Nullable Duration fresh;
    private final @Nullable Long sequence;

    private KeySet(List<JwksEntry> entries, @Nullable Duration fresh, @Nullable Long sequence) {
        this.entries = List.copyOf(entries);
        this.fresh = fresh;
        this.sequence = sequence;
        for (JwksEntry entry : entries) {
            if (entry instanceof Usable key) {
                usable.add(key);
            }
            if (entry.kid() != null) {
                byKid.computeIfAbsent(entry.kid(), kid -> new ArrayList<>()).add(entry);
            }
        }
    }

    /** Throws when it is no JWKS, has more than {@value #MAX_KEYS} entries, or none that is usable. */
    static KeySet of(Map<String, Object> jwks, @Nullable Provider crypto) throws ParseException {
        if (!(jwks.get("keys") instanceof List<?> list)) {
            throw new ParseException("has no list of keys", 0);
        }
        KeySet keys = ofAny(list, crypto);
        if (keys.isEmpty()) {
            throw new ParseException("has no key that verifies signatures", 0);
        }
        return keys;
    }

    /** The same of the list alone, which may be without a usable key. */
    static KeySet ofAny(List<?> list, @Nullable Provider crypto) throws ParseException {
        if (list.size() > MAX_KEYS) {
            throw new ParseException("has more than " + MAX_KEYS + " keys", 0);
        }
        List<JwksEntry> entries = new ArrayList<>();
        for (Object entry : list) {
            entries.add(JwksEntry.read(entry, crypto));
        }
        return new KeySet(entries, null, null);
    }

    /**
     * The same keys of a document that says when to look again and how new it is.
     *
     * @param fresh null where it does not say
     * @param sequence null where it does not say
     */
    KeySet with(@Nullable Duration fresh, @Nullable Long sequence) {
        return new KeySet(entries, fresh, sequence);
    }

    /** Whether no entry verifies signatures. */
    boolean isEmpty() {
        return usable.isEmpty();
    }

    /** For how long they need not be fetched again. */
    Duration fresh() {
        return fresh == null ? KnownKeys.FRESH : fresh;
    }

    /** Whether the document says that it is older than the other one. */
    boolean olderThan(KeySet other) {
        return sequence != null && other.sequence != null && sequence < other.sequence;
    }

    List<JwksEntry> entries() {
        return entries;
    }

    /** Exactly one key must be for the token: that with its kid or, where it has none, the only one that fits. */
    Match match(JWSHeader header) {
        String kid = header.getKeyID();
        if (kid == null) {
            return only(
                    usable.stream()
                            .filter(key -> key.fits(header.getAlgorithm()))
                            .toList(),
                    new Match.Unknown("the token has no kid and no key of the trust provider fits its algorithm"));
        }
        List<JwksEntry> named = byKid.get(kid);
        if (named == null) {
            return new Match.Unknown("no key of the trust provider has the token's kid");
        }
        List<Usable> fitting = new ArrayList<>();
        for (JwksEntry entry : named) {
            if (entry instanceof Usable key && key.fits(header.getAlgorithm())) {
                fitting.add(key);
            }
        }
        return only(fitting, unfit(named.getFirst()));
    }

    private static Match only(List<Usable> keys, Match none) {
        return switch (keys.size()) {
            case 0 -> none;
            case 1 -> new Match.Found(keys.getFirst());
            default -> new Match.Unfit(Check.KEY, "several keys of the trust provider could have signed the token");
        };
    }

    private static Match unfit(JwksEntry entry) {
        return switch (entry) {
            case Unusable(var kid, var fault, var reason) ->
                new Match.Unfit(Check.KEY, "the trust provider's key with the token's kid " + reason);
            case Usable key -> new Match.Unfit(Check.ALGORITHM, "the token's algorithm is not that of its key");
        };
    }

    /** The usable keys' thumbprints (RFC 7638). */
    Set<String> thumbprints() {
        Set<String> thumbprints = new HashSet<>();
        for (Usable key : usable) {
            try {
                thumbprints.add(key.jwk().computeThumbprint().toString());
            } catch (JOSEException e) {
                throw new AssertionError("every Java platform has SHA-256", e);
            }
        }
        return thumbprints;
    }
}
