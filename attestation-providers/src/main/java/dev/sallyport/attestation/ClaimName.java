package dev.sallyport.attestation;

import dev.sallyport.core.Invalid;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Names a claim: a top-level one by its name, a nested one by a JSON Pointer (RFC 6901) such as {@code
 * /realm_access/tier}.
 *
 * @param name as it is written in documents
 * @param steps the member names, or list indexes, that lead to it
 */
record ClaimName(String name, List<String> steps) {

    private static final Pattern BAD_ESCAPE = Pattern.compile("~(?![01])");
    private static final Pattern INDEX = Pattern.compile("0|[1-9][0-9]{0,3}");

    static ClaimName of(String field, String name) {
        Invalid.unless(!name.isBlank(), field, "names a claim without a name");
        if (name.charAt(0) != '/') {
            return new ClaimName(name, List.of(name));
        }
        Invalid.unless(!BAD_ESCAPE.matcher(name).find(), field, "is not a JSON Pointer: ~ must be written as ~0");
        List<String> steps = Arrays.stream(name.substring(1).split("/", -1))
                .map(step -> step.replace("~1", "/").replace("~0", "~"))
                .toList();
        return new ClaimName(name, steps);
    }

    /** The same place under a name of ours. */
    ClaimName calledHere(String ours) {
        return new ClaimName(ours, steps);
    }

    /** Whether it is that place, or one within it. */
    boolean within(ClaimName place) {
        return steps.size() >= place.steps.size()
                && steps.subList(0, place.steps.size()).equals(place.steps);
    }

    /** What the claims have there, or null. */
    @Nullable
    Object in(Map<String, Object> payload) {
        Object at = payload;
        for (String step : steps) {
            at = switch (at) {
                case Map<?, ?> object -> object.get(step);
                case List<?> list when INDEX.matcher(step).matches() -> element(list, Integer.parseInt(step));
                case null, default -> null;
            };
        }
        return at;
    }

    private static @Nullable Object element(List<?> list, int index) {
        return index < list.size() ? list.get(index) : null;
    }
}
