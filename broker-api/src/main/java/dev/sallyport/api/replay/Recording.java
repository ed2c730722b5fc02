package dev.sallyport.api.replay;

import dev.sallyport.core.Invalid;
import dev.sallyport.store.DecisionHistory.Range;
import dev.sallyport.store.Events;
import dev.sallyport.store.LogEntry;
import dev.sallyport.store.PostgresStore;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The attempts of a period as the log holds them.
 *
 * <p>They are read batch after batch, in one thread, with one batch in memory, and whoever asks for tokens goes first. It throws
 * {@link dev.sallyport.core.Unavailable} where the database can't answer.
 */
final class Recording {

    private static final int BATCH = 1_000;

    /** As leaves have it, so that texts sort like times. */
    private static final DateTimeFormatter MILLIS =
            new DateTimeFormatterBuilder().appendInstant(3).toFormatter(Locale.ROOT);

    private final PostgresStore store;
    private final Events events;
    private final String from;
    private final @Nullable String to;
    private final long first;
    private final Range range;

    Recording(PostgresStore store, Period period) {
        this.store = store;
        this.events = store.events();
        this.from = period.from() == null ? "" : text(period.from());
        this.to = period.to() == null ? null : text(period.to());
        this.first = events.first();
        Range whole = store.decisionHistory().range(period.from(), period.to());
        long begin = Math.max(Math.max(whole.from(), period.fromIndex()), first);
        this.range = new Range(begin, Math.max(begin, Math.min(whole.to(), period.toIndex())));
    }

    /** Is told what there is. */
    interface Reader {

        /** An attempt; what can't be made out of it is an {@link IllegalArgumentException} or {@link Invalid}. */
        void attempt(RecordedDecision then);

        /** One whose detail is erased. */
        void erased();

        /** Entries that can't be read, or are not there. */
        void unreadable(long entries);
    }

    /** The first entry of the log that is not archived. */
    long first() {
        return first;
    }

    /** The part of the log that holds all attempts of the period, and others. */
    Range range() {
        return range;
    }

    /** Reads on while the watch says so; returns the first entry that was not looked at. */
    long read(Watch watch, Reader reader) {
        Watch polite = watch.and(new Courtesy(store::queued, System::nanoTime));
        long next = range.from();
        while (next < range.to() && polite.goesOn(next - range.from(), range.length())) {
            List<LogEntry> batch = events.read(next, range.to(), BATCH);
            for (LogEntry entry : batch) {
                reader.unreadable(entry.index() - next);
                look(entry, reader);
                next = entry.index() + 1;
            }
            if (batch.isEmpty()) {
                reader.unreadable(range.to() - next);
                next = range.to();
            }
        }
        return next;
    }

    private void look(LogEntry entry, Reader reader) {
        try {
            Leaf leaf = Leaf.read(entry.leaf());
            if (!leaf.isAttempt() || !isMeant(leaf.time())) {
                return;
            }
            byte[] detail = entry.detail();
            if (detail == null) {
                reader.erased();
            } else {
                reader.attempt(DecisionReader.read(entry.index(), leaf, detail));
            }
        } catch (IllegalArgumentException | Invalid e) {
            reader.unreadable(1);
        }
    }

    private boolean isMeant(String time) {
        return time.compareTo(from) >= 0 && (to == null || time.compareTo(to) < 0);
    }

    /** The first whole millisecond that is not before it: entries have whole ones. */
    private static String text(Instant time) {
        long millis = time.toEpochMilli();
        return MILLIS.format(Instant.ofEpochMilli(time.isAfter(Instant.ofEpochMilli(millis)) ? millis + 1 : millis));
    }
}
