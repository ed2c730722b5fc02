package dev.sallyport.attestation;

import dev.sallyport.core.Invalid;
import dev.sallyport.core.attest.Claims;
import dev.sallyport.core.attest.TrustProvider;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The claims of a token that are kept; all others are forgotten.
 *
 * <p>Those of the profile, those that the trust provider's document names in {@code claims} and {@code require}, and
 * those that something refers to; never one that whoever asks for the token chooses.
 */
final class KeptClaims {

    /** The most that names and values may take together, in bytes of UTF-8. */
    static final int MAX_BYTES = 4096;

    private final List<Kept> kept;

    private KeptClaims(List<Kept> kept) {
        this.kept = kept;
    }

    /** Throws {@link Invalid} for a name that is blank or not a JSON Pointer though it starts like one. */
    static KeptClaims of(Profile profile, TrustProvider document, Set<String> claimsInUse) {
        Map<String, Kept> kept = new LinkedHashMap<>();
        for (String name : profile.kept()) {
            kept.put(name, new Kept(profile.claim("", name), profile.shape(name)));
        }
        for (int i = 0; i < document.claims().size(); i++) {
            String name = document.claims().get(i);
            kept.putIfAbsent(name, new Kept(profile.claim("claims[" + i + "]", name), profile.shape(name)));
        }
        for (String name : document.require().keySet()) {
            kept.putIfAbsent(name, new Kept(profile.claim("require." + name, name), profile.shape(name)));
        }
        for (String name : claimsInUse) {
            if (!profile.distrusts(name)) {
                kept.putIfAbsent(name, new Kept(profile.claim(name, name), profile.shape(name)));
            }
        }
        return new KeptClaims(List.copyOf(kept.values()));
    }

    Selection from(Map<String, Object> payload) {
        Map<String, Claims.Value> values = new TreeMap<>();
        int bytes = 0;
        for (Kept each : kept) {
            Object json = each.name().in(payload);
            Claims.Value value = ClaimValue.of(json);
            String problem = each.problem(json, value);
            if (problem != null) {
                return new Unfit("the token's claim " + each.name().name() + " " + problem);
            }
            if (value != null) {
                values.put(each.name().name(), value);
                bytes += size(each.name().name(), value);
            }
        }
        return bytes > MAX_BYTES
                ? new Unfit("the token's claims are larger than " + MAX_BYTES + " bytes")
                : new Selected(Claims.of(values));
    }

    private static int size(String name, Claims.Value value) {
        int bytes = utf8(name);
        for (String text : value.texts()) {
            bytes += utf8(text);
        }
        return bytes;
    }

    private static int utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    /** What becomes of a token's claims. */
    sealed interface Selection {}

    record Selected(Claims claims) implements Selection {}

    record Unfit(String detail) implements Selection {}

    /**
     * One claim to keep.
     *
     * @param shape what the platform says it is; null where nobody knows
     */
    private record Kept(ClaimName name, @Nullable Shape shape) {

        /**
         * A claim in another shape than the platform's is refused, not dropped: a rule that denies on it would no longer
         * see it. So is text that can't be stored as it is.
         */
        @Nullable
        String problem(@Nullable Object json, Claims.@Nullable Value value) {
            if (shape != null && json != null && (value == null || !shape.fits(value))) {
                return shape == Shape.STRING ? "is not a string" : "is not a list of strings";
            }
            return value == null || value.texts().stream().allMatch(Kept::storable)
                    ? null
                    : "holds a NUL or half a character";
        }

        private static boolean storable(String text) {
            return text.codePoints()
                    .noneMatch(c -> c == 0 || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE));
        }
    }
}
