package dev.sallyport.api.replay;

import dev.sallyport.api.web.Problem;
import dev.sallyport.core.Journal;
import dev.sallyport.core.log.Entry;
import dev.sallyport.store.Author;
import dev.sallyport.store.PostgresStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;

/** Replays on behalf of callers: a few at a time, each on a thread of its own, and none that the log does not tell of. */
public final class Replays {

    private static final int MOST_AT_ONCE = 2;

    private final PostgresStore store;
    private final Journal journal;
    private final InstantSource clock;
    private final String replica;
    private final Semaphore places = new Semaphore(MOST_AT_ONCE);
    private final Semaphore placesOfChanges = new Semaphore(1);

    public Replays(PostgresStore store, Journal journal, InstantSource clock, String replica) {
        this.store = store;
        this.journal = journal;
        this.clock = clock;
        this.replica = replica;
    }

    /** What has happened lately. */
    public Period last(Duration length) {
        return Period.last(length, clock.instant());
    }

    /** Takes a place, before anything is compiled; throws a 503 where there is none. */
    public Place place() {
        return place(places);
    }

    /** The one that is kept for changes, so that whoever replays all day keeps nobody from changing anything. */
    public Place placeOfChange() {
        return place(placesOfChanges);
    }

    private Place place(Semaphore of) {
        if (!of.tryAcquire()) {
            throw new Problem(
                    503,
                    "busy",
                    "others are replayed already, as many as may be",
                    Map.of(),
                    Map.of("Retry-After", "10"));
        }
        return new Place(of);
    }

    /** Room for one replay; goes back when it is closed, or at the end of the replay that was started in it. */
    public final class Place implements AutoCloseable {

        private final AtomicBoolean taken = new AtomicBoolean(true);

        private final Semaphore of;

        private Place(Semaphore of) {
            this.of = of;
        }

        /**
         * Starts it, once the log says so.
         *
         * @param reader who wants to know
         * @param atMost how long it may take
         * @throws dev.sallyport.core.Unavailable where the log can't take the entry
         */
        public RunningReplay start(Author reader, Candidates candidates, Period period, Duration atMost) {
            write(reader, candidates, period);
            RunningReplay running = new RunningReplay(atMost, System::nanoTime);
            Thread thread = Thread.ofPlatform().name("replay").daemon().unstarted(() -> {
                try {
                    running.finish(() -> Replay.run(store, candidates, period, running));
                } finally {
                    of.release();
                }
            });
            thread.start();
            taken.set(false);
            return running;
        }

        @Override
        public void close() {
            if (taken.getAndSet(false)) {
                of.release();
            }
        }
    }

    private void write(Author reader, Candidates candidates, Period period) {
        Map<String, Object> detail = new TreeMap<>();
        detail.put("author", reader.name());
        if (reader.token() != null) {
            detail.put("token", reader.token().toString());
        }
        if (period.from() != null) {
            detail.put("from", period.from().toString());
        }
        if (period.to() != null) {
            detail.put("to", period.to().toString());
        }
        if (period.fromIndex() > 0) {
            detail.put("from_index", period.fromIndex());
        }
        if (period.toIndex() < Long.MAX_VALUE) {
            detail.put("to_index", period.toIndex());
        }
        detail.put("revision", candidates.revision());
        detail.put("replica", replica);
        long _ = journal.write(new Entry(clock.instant(), "replay", "started", null, detail));
    }
}
