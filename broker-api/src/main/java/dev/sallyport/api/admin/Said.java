package dev.sallyport.api.admin;

import dev.sallyport.core.Invalid;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a writer says of an agent.
 *
 * @param attributes by name: strings, booleans and numbers; null takes an attribute back
 * @param ttl for how long it counts, as an ISO 8601 duration
 */
record Said(Map<String, @Nullable Object> attributes, String ttl) {

    private static final int MAX_ATTRIBUTES = 32;
    private static final int MAX_TEXT = 256;
    private static final double MAX_EXACT = 1L << 53;
    private static final Duration LONGEST = Duration.ofDays(30);
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,62}");

    Said {
        Invalid.unless(attributes != null && !attributes.isEmpty(), "attributes", "must name one at least");
        Invalid.unless(attributes.size() <= MAX_ATTRIBUTES, "attributes", "are more than " + MAX_ATTRIBUTES);
        attributes
                .keySet()
                .forEach(name -> Invalid.unless(
                        NAME.matcher(name).matches(), "attributes", "has a name that does not match " + NAME));
        Invalid.unless(ttl != null, "ttl", "is missing");
    }

    Duration lifetime() {
        try {
            Duration duration = Duration.parse(ttl);
            if (duration.isPositive() && duration.compareTo(LONGEST) <= 0) {
                return duration;
            }
        } catch (DateTimeParseException e) {
            throw new Invalid("ttl", "must be an ISO 8601 duration such as PT1M");
        }
        throw new Invalid("ttl", "must be more than nothing, and at most 30 days");
    }

    /** The values as conditions read them. */
    Map<String, @Nullable Object> values() {
        Map<String, @Nullable Object> values = new HashMap<>();
        attributes.forEach((name, value) -> values.put(name, value == null ? null : value(name, value)));
        return values;
    }

    private static Object value(String name, Object value) {
        String field = "attributes." + name;
        return switch (value) {
            case Boolean flag -> flag;
            case Number number -> number(field, number.doubleValue());
            case String text -> {
                Invalid.unless(text.length() <= MAX_TEXT, field, "is longer than " + MAX_TEXT + " characters");
                Invalid.unless(
                        text.codePoints().noneMatch(Said::unfit),
                        field,
                        "holds a control character or half a character");
                yield text;
            }
            default -> throw new Invalid(field, "must be a string, a boolean, a number or null");
        };
    }

    /** Whole numbers are whole however they are written, so that two writers who mean the same say the same. */
    private static Object number(String field, double number) {
        Invalid.unless(
                Double.isFinite(number) && Math.abs(number) <= MAX_EXACT, field, "must be a number of at most 2^53");
        return number == Math.rint(number) ? (Object) (long) number : (Object) number;
    }

    private static boolean unfit(int character) {
        return Character.isISOControl(character)
                || (character >= Character.MIN_SURROGATE && character <= Character.MAX_SURROGATE);
    }
}
