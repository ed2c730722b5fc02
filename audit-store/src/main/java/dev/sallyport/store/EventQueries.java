package dev.sallyport.store;

import dev.sallyport.core.Unavailable;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Reads the log by index, and looks into the leaves for what is asked for. */
final class EventQueries implements Events {

    private static final String SETTINGS = Transaction.SNAPSHOT + """
            ; SET LOCAL statement_timeout = '8s';
            SET LOCAL plan_cache_mode = force_custom_plan
            """;

    /** So many rows are in memory beside those that were asked for. */
    private static final int FETCH = 500;

    /** Entries of usual length fill it by the thousand; a few of them are large. */
    private static final long MOST_BYTES = 1L << 22;

    private static final long CHECKPOINT_PATIENCE = Duration.ofSeconds(2).toNanos();
    private static final long LOOK_EVERY = Duration.ofMillis(50).toNanos();

    private static final String RANGE = "SELECT " + LogEntry.COLUMNS + """
            FROM sallyport.log_entry e WHERE index >= ? AND index < ?
            """;

    // A leaf is canonical JSON of strings without a nested object, so each of its members has one spelling, which no
    // string can hold, for a quote in it is escaped. Comparing bytes never fails, whatever a leaf holds.
    private static final String TYPE = " AND position(?::bytea IN leaf) > 0";
    private static final String TIME = "substring(leaf FROM position('\"time\":\"'::bytea IN leaf) + 8 FOR 24)";
    private static final String FROM = " AND " + TIME + " >= ?::bytea";
    private static final String TO = " AND " + TIME + " < ?::bytea";

    /** As leaves have it: always 24 characters, which sort like the times. */
    private static final DateTimeFormatter MILLIS =
            new DateTimeFormatterBuilder().appendInstant(3).toFormatter(Locale.ROOT);

    private final DataSource reads;

    EventQueries(DataSource reads) {
        this.reads = reads;
    }

    @Override
    public long size() {
        return Transaction.run(reads, SETTINGS, EventQueries::size);
    }

    @Override
    public long first() {
        return Transaction.run(reads, SETTINGS, Retention::first);
    }

    @Override
    public Page list(Query query, long before, int limit) {
        return Transaction.run(reads, SETTINGS, connection -> {
            long first = Retention.first(connection);
            long end = Math.min(before, size(connection));
            long begin = Math.max(first, end - SCAN);
            List<LogEntry> found = found(connection, query, begin, end, limit);
            long next = found.size() == limit ? found.getLast().index() : begin;
            return new Page(found, next > first ? next : 0);
        });
    }

    @Override
    public Optional<Checkpoint> checkpoint(long atLeast) {
        long started = System.nanoTime();
        Optional<Checkpoint> latest = covering(atLeast);
        while (latest.isEmpty() && System.nanoTime() - started < CHECKPOINT_PATIENCE) {
            try {
                TimeUnit.NANOSECONDS.sleep(LOOK_EVERY);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new Unavailable("the broker is stopping");
            }
            latest = covering(atLeast);
        }
        return latest;
    }

    private Optional<Checkpoint> covering(long size) {
        return Transaction.run(reads, SETTINGS, Checkpoint::latest).filter(found -> found.size() >= size);
    }

    @Override
    public List<LogEntry> read(long from, long to, int limit) {
        return Transaction.run(reads, SETTINGS, connection -> {
            try (PreparedStatement select = connection.prepareStatement(RANGE + " ORDER BY index LIMIT " + limit)) {
                select.setLong(1, from);
                select.setLong(2, Math.min(to, size(connection)));
                select.setFetchSize(FETCH);
                return entries(select, MOST_BYTES);
            }
        });
    }

    private static List<LogEntry> found(Connection connection, Query query, long begin, long end, int limit)
            throws SQLException {
        StringBuilder sql = new StringBuilder(RANGE);
        List<byte[]> values = new ArrayList<>();
        add(sql, TYPE, values, query.type() == null ? null : "\"type\":\"" + query.type() + "\"");
        add(sql, FROM, values, time(query.from()));
        add(sql, TO, values, time(query.to()));
        sql.append(" ORDER BY index DESC LIMIT ").append(limit);
        try (PreparedStatement select = connection.prepareStatement(sql.toString())) {
            select.setLong(1, begin);
            select.setLong(2, end);
            for (int i = 0; i < values.size(); i++) {
                select.setBytes(i + 3, values.get(i));
            }
            return entries(select, Long.MAX_VALUE);
        }
    }

    private static void add(StringBuilder sql, String condition, List<byte[]> values, @Nullable String value) {
        if (value != null) {
            sql.append(condition);
            values.add(value.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** The first whole millisecond that is not before a time: entries have whole ones. */
    private static @Nullable String time(@Nullable Instant time) {
        if (time == null) {
            return null;
        }
        Instant floor = time.truncatedTo(ChronoUnit.MILLIS);
        return MILLIS.format(floor.equals(time) ? floor : floor.plus(Duration.ofMillis(1)));
    }

    private static long size(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(Head.SELECT)) {
            return Head.read(select).size();
        }
    }

    private static List<LogEntry> entries(PreparedStatement select, long mostBytes) throws SQLException {
        List<LogEntry> entries = new ArrayList<>();
        long bytes = 0;
        try (ResultSet row = select.executeQuery()) {
            while (bytes < mostBytes && row.next()) {
                LogEntry entry = LogEntry.read(row);
                entries.add(entry);
                bytes += entry.leaf().length + (entry.detail() == null ? 0 : entry.detail().length);
            }
        }
        return entries;
    }
}
