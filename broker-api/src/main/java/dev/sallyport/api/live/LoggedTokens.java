package dev.sallyport.api.live;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sallyport.core.live.IssuedToken;
import dev.sallyport.core.live.IssuedTokens;
import dev.sallyport.store.LogEntry;
import dev.sallyport.store.PostgresStore;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/**
 * Finds issued tokens in the log, and remembers them: entries never change.
 *
 * <p>An entry whose detail is erased meanwhile is remembered for five minutes at most. What is not found is asked for again.
 */
public final class LoggedTokens implements IssuedTokens {

    private static final int MAX_ENTRIES = 20_000;
    private static final Duration REMEMBERED = Duration.ofMinutes(5);

    private final PostgresStore store;
    private final Cache<UUID, IssuedToken> remembered = Caffeine.newBuilder()
            .maximumSize(MAX_ENTRIES)
            .expireAfterWrite(REMEMBERED)
            .build();

    public LoggedTokens(PostgresStore store) {
        this.store = store;
    }

    @Override
    public Optional<IssuedToken> find(UUID jti) {
        IssuedToken known = remembered.getIfPresent(jti);
        if (known != null) {
            return Optional.of(known);
        }
        Optional<IssuedToken> read = store.issuance(jti).flatMap(LoggedTokens::read);
        read.ifPresent(token -> remembered.put(jti, token));
        return read;
    }

    private static Optional<IssuedToken> read(LogEntry entry) {
        byte[] detail = entry.detail();
        return detail == null ? Optional.empty() : Optional.of(IssuedToken.read(entry.index(), entry.leaf(), detail));
    }
}
