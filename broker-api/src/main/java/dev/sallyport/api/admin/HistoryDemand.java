package dev.sallyport.api.admin;

import dev.sallyport.api.web.Parameters;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a change of policies must leave as it was.
 *
 * @param noNewDenials how long nothing that was granted may come to be refused; null where that does not matter
 * @param noNewGrants how long nothing that was refused may come to be granted
 */
record HistoryDemand(
        @Nullable Duration noNewDenials, @Nullable Duration noNewGrants) {

    private static final String NO_NEW_DENIALS = "requireNoNewDenials";
    private static final String NO_NEW_GRANTS = "requireNoNewGrants";

    /** The names of its parameters, and others beside them. */
    static Set<String> parameters(String... others) {
        return Stream.concat(Stream.of(NO_NEW_DENIALS, NO_NEW_GRANTS), Stream.of(others))
                .collect(Collectors.toSet());
    }

    static HistoryDemand of(Parameters given) {
        return new HistoryDemand(length(given, NO_NEW_DENIALS), length(given, NO_NEW_GRANTS));
    }

    private static @Nullable Duration length(Parameters given, String name) {
        return given.text(name).map(text -> PastDays.parse(name, text)).orElse(null);
    }

    boolean isNone() {
        return noNewDenials == null && noNewGrants == null;
    }
}
