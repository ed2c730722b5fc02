package dev.sallyport.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What may be told of a key.
 *
 * @param created when it was made
 * @param activates when it begins to sign
 * @param ended when its private half was destroyed; null where it was not
 * @param ending why: {@code retired}, {@code revoked} or {@code discarded}
 */
public record KnownKey(
        String kid,
        String algorithm,
        String purpose,
        Instant created,
        Instant activates,
        @Nullable Instant ended,
        @Nullable String ending) {

    static KnownKey of(KeyRecord key) {
        return new KnownKey(key.kid(), key.algorithm(), key.purpose(), key.created(), key.activates(), null, null);
    }

    /** Whether it still has its private half. */
    public boolean live() {
        return ended == null;
    }

    boolean isOf(String purpose, String algorithm) {
        return this.purpose.equals(purpose) && this.algorithm.equals(algorithm);
    }
}
