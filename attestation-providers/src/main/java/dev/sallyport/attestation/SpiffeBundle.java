package dev.sallyport.attestation;

import java.security.Provider;
import java.text.ParseException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the keys for JWT-SVIDs of a SPIFFE bundle (SPIFFE Trust Domain and Bundle section 4).
 *
 * <p>Entries for X.509-SVIDs, for unknown uses, and without a use or a kid are ignored, as the specification demands. A
 * bundle without keys is a good one: the trust domain has withdrawn them all.
 */
final class SpiffeBundle {

    /** Bounds of {@code spiffe_refresh_hint}: a trust domain may neither be hammered nor forgotten. */
    static final Duration SHORTEST = Duration.ofSeconds(30);

    static final Duration LONGEST = Duration.ofHours(1);

    private static final String USE = "use";

    private SpiffeBundle() {}

    static KeySet keys(Map<String, Object> bundle, @Nullable Provider crypto) throws ParseException {
        if (!(bundle.get("keys") instanceof List<?> all)) {
            throw new ParseException("has no list of keys", 0);
        }
        List<Object> forJwts = new ArrayList<>();
        for (Object each : all) {
            if (each instanceof Map<?, ?> key && "jwt-svid".equals(key.get(USE)) && key.get("kid") instanceof String) {
                Map<Object, Object> plain = new HashMap<>(key);
                plain.remove(USE);
                forJwts.add(plain);
            }
        }
        return KeySet.ofAny(forJwts, crypto).with(hint(bundle), sequence(bundle));
    }

    private static @Nullable Duration hint(Map<String, Object> bundle) throws ParseException {
        Long seconds = number(bundle, "spiffe_refresh_hint");
        if (seconds == null) {
            return null;
        }
        long bounded = Math.clamp(seconds, SHORTEST.toSeconds(), LONGEST.toSeconds());
        return Duration.ofSeconds(bounded);
    }

    private static @Nullable Long sequence(Map<String, Object> bundle) throws ParseException {
        return number(bundle, "spiffe_sequence");
    }

    /** A whole number that is not negative; null where there is none. */
    private static @Nullable Long number(Map<String, Object> bundle, String name) throws ParseException {
        return switch (bundle.get(name)) {
            case null -> null;
            case Number whole
            when whole.longValue() >= 0 && whole.doubleValue() == whole.longValue() -> whole.longValue();
            default -> throw new ParseException("has a " + name + " that is not a whole number", 0);
        };
    }
}
