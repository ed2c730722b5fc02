package dev.sallyport.api.peer;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Bounds how often callers at one address may fail, so that nobody's made-up evidence takes the broker's time, or that of the
 * clusters and services that it asks, from others.
 *
 * <p>Failures count for so many a second, and the failures of {@link #BURST} may come at once. Whoever succeeds is never counted.
 * Addresses of IPv6 count by their first 64 bits: one customer of a network has that many. Each replica counts for itself. Safe to
 * use from all threads.
 */
public final class FailureLimit {

    /** How much may be owed: this long at the full rate. */
    static final Duration BURST = Duration.ofSeconds(10);

    static final int MAX_ADDRESSES = 65_536;

    /** What newcomers share while there are too many addresses to tell apart. */
    private static final String EVERYBODY_ELSE = "";

    private final long interval;
    private final LongSupplier nanoTime;
    private final Map<String, Long> paidUpAt = new ConcurrentHashMap<>();

    /**
     * Makes it, with nothing counted.
     *
     * @param perSecond how many failures a second are allowed from one address; 0 for any number
     * @param nanoTime a clock that never jumps, such as {@link System#nanoTime}
     */
    public FailureLimit(int perSecond, LongSupplier nanoTime) {
        this.interval = perSecond == 0 ? 0 : Duration.ofSeconds(1).toNanos() / perSecond;
        this.nanoTime = nanoTime;
    }

    /** How long the address has to wait before it may ask again; nothing where it may ask now. */
    public Duration pause(String ip) {
        Long paid = paidUpAt.get(key(ip));
        if (paid == null) {
            return Duration.ZERO;
        }
        long owed = paid - nanoTime.getAsLong() - BURST.toNanos();
        return owed > 0 ? Duration.ofNanos(owed) : Duration.ZERO;
    }

    /** A request from the address has failed. */
    public void failed(String ip) {
        if (interval > 0) {
            long now = nanoTime.getAsLong();
            paidUpAt.compute(key(ip), (_, paid) -> (paid == null || paid - now < 0 ? now : paid) + interval);
            if (paidUpAt.size() >= MAX_ADDRESSES) {
                paidUpAt.values().removeIf(paid -> paid - now < 0);
            }
        }
    }

    /** How many addresses owe anything, or did when they were last looked at. */
    int size() {
        return paidUpAt.size();
    }

    private String key(String ip) {
        String network = network(ip);
        return paidUpAt.size() < MAX_ADDRESSES || paidUpAt.containsKey(network) ? network : EVERYBODY_ELSE;
    }

    private static String network(String ip) {
        if (ip.indexOf(':') < 0) {
            return ip;
        }
        InetAddress address = Addresses.parse(ip).orElse(null);
        return address instanceof Inet6Address ? HexFormat.of().formatHex(Arrays.copyOf(address.getAddress(), 8)) : ip;
    }
}
