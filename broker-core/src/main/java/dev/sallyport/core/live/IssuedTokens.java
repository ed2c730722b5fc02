package dev.sallyport.core.live;

import java.util.Optional;
import java.util.UUID;

/** Finds what the log holds of a token, whichever replica issued it. */
@FunctionalInterface
public interface IssuedTokens {

    /**
     * The token with a {@code jti}; empty where there is none, or where its detail is erased.
     *
     * @throws dev.sallyport.core.Unavailable when the log can't be read
     */
    Optional<IssuedToken> find(UUID jti);
}
