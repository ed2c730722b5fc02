package dev.sallyport.core;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.UUID;
import java.util.function.Supplier;

/** Makes UUIDs of version 7 (RFC 9562 section 5.7): ordered by the millisecond, otherwise random. */
public final class Uuids implements Supplier<UUID> {

    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom();

    public Uuids(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public UUID get() {
        long version = 7L << 12;
        long high = clock.millis() << 16 | version | random.nextInt(1 << 12);
        long low = random.nextLong() >>> 2 | 1L << 63;
        return new UUID(high, low);
    }
}
