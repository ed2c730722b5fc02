package dev.sallyport.api.bench;

import java.util.Arrays;
import java.util.List;

/** Times in nanoseconds, as they come; for one thread. */
final class Times {

    private long[] nanos = new long[1_024];
    private int count;

    void add(long time) {
        if (count == nanos.length) {
            nanos = Arrays.copyOf(nanos, 2 * count);
        }
        nanos[count++] = time;
    }

    static Latencies joined(List<Times> several) {
        long[] all = new long[several.stream().mapToInt(times -> times.count).sum()];
        int at = 0;
        for (Times times : several) {
            System.arraycopy(times.nanos, 0, all, at, times.count);
            at += times.count;
        }
        return new Latencies(all);
    }
}
