package dev.sallyport.store;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One access attempt of a proven caller, as it ended.
 *
 * <p>What is null was not known, or its detail has been erased.
 *
 * @param index the entry's position in the log
 * @param outcome {@code issued} or {@code refused}
 * @param jti the token's id; null where it was refused
 * @param resource the resource that was asked for, the first of several
 * @param actions granted; of a refusal, requested
 * @param reason of a refusal
 * @param erased whether its detail has been erased
 */
public record Issuance(
        long index,
        Instant time,
        String outcome,
        @Nullable UUID decisionId,
        @Nullable UUID jti,
        @Nullable String agent,
        @Nullable String target,
        @Nullable String resource,
        @Nullable String provider,
        List<String> actions,
        @Nullable String reason,
        @Nullable Long policyRevision,
        boolean erased) {

    public Issuance {
        actions = List.copyOf(actions);
    }
}
