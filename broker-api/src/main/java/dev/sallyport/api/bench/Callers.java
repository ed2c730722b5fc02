package dev.sallyport.api.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/** Threads that do one thing over and over, each after it has come back from the time before (a closed loop). */
final class Callers {

    private final Call call;
    private final AtomicInteger errors = new AtomicInteger();
    private volatile String firstError = "";

    private Callers(Call call) {
        this.call = call;
    }

    /** What is done. */
    @FunctionalInterface
    interface Call {
        void run() throws Exception;
    }

    /**
     * What came of it.
     *
     * @param seconds until the last one came back
     * @param latencies of the calls that did not fail
     * @param firstError empty where there was none
     */
    record Outcome(double seconds, Latencies latencies, int errors, String firstError) {

        double perSecond() {
            return latencies.count() / seconds;
        }
    }

    /** When a caller is to make its next call; it ends where that is behind the end. */
    @FunctionalInterface
    private interface Schedule {
        long next(int caller, int made);
    }

    /** As fast as it goes, for some time. */
    static Outcome run(int callers, Duration time, Call call) throws InterruptedException {
        long end = System.nanoTime() + time.toNanos();
        return new Callers(call).run(callers, (_, _) -> System.nanoTime(), end);
    }

    /** At a rate, for some time; a latency is counted from the moment at which the call was due. */
    static Outcome paced(int callers, int perSecond, Duration time, Call call) throws InterruptedException {
        long start = System.nanoTime();
        double apart = 1e9 / perSecond;
        Schedule schedule = (caller, made) -> start + (long) (apart * ((double) made * callers + caller));
        return new Callers(call).run(callers, schedule, start + time.toNanos());
    }

    /** As fast as it goes, so many times. */
    static Outcome times(int callers, long count, Call call) throws InterruptedException {
        AtomicLong left = new AtomicLong(count);
        return new Callers(call).run(callers, (_, _) -> left.getAndDecrement() > 0 ? 0 : 1, 1);
    }

    private Outcome run(int callers, Schedule schedule, long end) throws InterruptedException {
        List<Times> times =
                IntStream.range(0, callers).mapToObj(_ -> new Times()).toList();
        List<Thread> threads = new ArrayList<>();
        long start = System.nanoTime();
        for (int i = 0; i < callers; i++) {
            int caller = i;
            threads.add(Thread.ofVirtual().start(() -> calls(schedule, caller, end, times.get(caller))));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        return new Outcome(seconds, Times.joined(times), errors.get(), firstError);
    }

    private void calls(Schedule schedule, int caller, long end, Times times) {
        long due = schedule.next(caller, 0);
        for (int made = 1; due < end; made++) {
            try {
                long now = System.nanoTime();
                if (due > now) {
                    TimeUnit.NANOSECONDS.sleep(due - now);
                }
                long counted = due == 0 ? now : due;
                call.run();
                times.add(System.nanoTime() - counted);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (Exception e) {
                failed(e);
            }
            due = schedule.next(caller, made);
        }
    }

    private synchronized void failed(Exception error) {
        if (errors.getAndIncrement() == 0) {
            firstError = error.toString();
        }
    }
}
