package dev.sallyport.api.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * Sends requests over some connections, each of which waits for its answer before it sends the next (a closed loop).
 *
 * <p>Every answer must be 200 with an access token; whatever else comes is an error.
 */
final class Load {

    private static final String TOKEN = "\"access_token\":\"";

    private final int port;
    private final List<byte[]> requests;
    private final long[] nanos;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger errors = new AtomicInteger();
    private volatile String firstError = "";
    private volatile String token = "";

    private Load(int port, List<byte[]> requests) {
        this.port = port;
        this.requests = requests;
        this.nanos = new long[requests.size()];
    }

    /**
     * What came of it.
     *
     * @param seconds until the last answer
     * @param latencies of those answers that were tokens
     * @param firstError empty where there was none
     * @param token one of the tokens, to be looked at closely
     */
    record Outcome(double seconds, Latencies latencies, int errors, String firstError, String token) {

        double perSecond() {
            return latencies.count() / seconds;
        }
    }

    /** Goes on until the time is over, or the requests have been used up. */
    static Outcome run(int port, List<byte[]> requests, int connections, Duration time) throws InterruptedException {
        return new Load(port, requests).run(connections, time);
    }

    private Outcome run(int connections, Duration time) throws InterruptedException {
        long start = System.nanoTime();
        List<Thread> threads = IntStream.range(0, connections)
                .mapToObj(i -> Thread.ofPlatform().name("load-" + i).start(() -> connection(start + time.toNanos())))
                .toList();
        for (Thread thread : threads) {
            thread.join();
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        long[] answered = Arrays.stream(nanos).filter(each -> each > 0).toArray();
        return new Outcome(seconds, new Latencies(answered), errors.get(), firstError, token);
    }

    private void connection(long end) {
        try (Wire wire = new Wire(port)) {
            while (System.nanoTime() < end) {
                int number = next.getAndIncrement();
                if (number >= requests.size()) {
                    return;
                }
                exchange(wire, number);
            }
        }
    }

    private void exchange(Wire wire, int number) {
        try {
            wire.connected();
            long sent = System.nanoTime();
            Wire.Answer answer = wire.exchange(requests.get(number));
            long took = System.nanoTime() - sent;
            int at = answer.body().indexOf(TOKEN);
            if (answer.status() != 200 || at < 0) {
                failed(answer.status() + " " + answer.body());
                return;
            }
            nanos[number] = took;
            if (token.isEmpty()) {
                int from = at + TOKEN.length();
                token = answer.body().substring(from, answer.body().indexOf('"', from));
            }
        } catch (IOException | RuntimeException e) {
            failed(e.toString());
        }
    }

    private synchronized void failed(String error) {
        if (errors.getAndIncrement() == 0) {
            firstError = error;
        }
    }
}
