package dev.sallyport.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One thing that a writer says of an agent or its host.
 *
 * @param entry the index of the log's entry that says so
 * @param writer who says it: the name of an agent
 * @param value a string, a boolean, a {@code Long} or a {@code Double}; null where it was taken back
 * @param expires when it counts no more
 */
public record PostureFact(
        long entry,
        String agent,
        String writer,
        String attribute,
        @Nullable Object value,
        Instant expires) {}
