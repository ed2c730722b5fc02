package dev.sallyport.store;

import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How many attempts there are of each group: by time, then the most first.
 *
 * @param truncated whether there are more groups than these
 */
public record Counts(List<Group> groups, boolean truncated) {

    /** The most groups that are told. */
    public static final int MOST = 1_000;

    public Counts {
        groups = List.copyOf(groups);
    }

    /**
     * Attempts that have the same values.
     *
     * @param values in the order in which was asked for them; hours and days as ISO 8601 has them. Null where an attempt has
     *     none
     */
    public record Group(List<@Nullable String> values, long count) {

        public Group {
            values = Collections.unmodifiableList(values);
        }
    }
}
