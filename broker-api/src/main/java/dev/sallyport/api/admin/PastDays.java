package dev.sallyport.api.admin;

import dev.sallyport.core.Invalid;
import java.time.Duration;
import java.time.format.DateTimeParseException;

/** How far back the history is looked at. */
final class PastDays {

    private static final Duration MOST = Duration.ofDays(366);

    private PastDays() {}

    /** Reads an ISO 8601 duration of days and less; throws {@link Invalid} on the field. */
    static Duration parse(String field, String text) {
        try {
            Duration length = Duration.parse(text);
            Invalid.unless(
                    length.isPositive() && length.compareTo(MOST) <= 0, field, "must be over zero and at most P366D");
            return length;
        } catch (DateTimeParseException _) {
            throw new Invalid(field, "must be an ISO 8601 duration in days, hours, minutes or seconds, such as P30D");
        }
    }
}
