package dev.sallyport.store;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Tokens that count no more: one, or all of an agent, a target or a trust provider that were recorded before.
 *
 * @param entry the index of the log's entry that says so
 * @param jti the token; null where it is about all of somebody's
 * @param kind {@code agent}, {@code target} or {@code trust-provider}; null where it is about one
 * @param name whose; null where it is about one
 * @param expires when the last token that it can be about has expired
 */
public record Revocation(
        long entry,
        @Nullable UUID jti,
        @Nullable String kind,
        @Nullable String name,
        Instant expires) {}
