package dev.sallyport.store;

import dev.sallyport.core.log.LogKey;
import dev.sallyport.core.token.Succession;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/** How a key stands. */
public enum KeyStatus {
    /** It is published, and its turn comes. */
    NEXT,
    /** It signs. */
    ACTIVE,
    /** It signs no more; it is published until no token of it can be left, and then its private half is destroyed. */
    RETIRED,
    /** Nothing that it signed counts. */
    REVOKED,
    /** It was given up, since no key-encryption key opened it. */
    DISCARDED;

    static KeyStatus of(KnownKey key, List<KnownKey> all, Instant now) {
        if (key.ending() != null) {
            return valueOf(key.ending().toUpperCase(Locale.ROOT));
        }
        if (key.purpose().equals(LogKey.PURPOSE)) {
            return ACTIVE;
        }
        Succession<KnownKey> kind = Succession.of(
                all.stream()
                        .filter(each -> each.live() && each.isOf(key.purpose(), key.algorithm()))
                        .toList(),
                KnownKey::activates);
        if (kind.active(now).filter(key::equals).isPresent()) {
            return ACTIVE;
        }
        return key.activates().isAfter(now) ? NEXT : RETIRED;
    }

    /** As it is told. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
