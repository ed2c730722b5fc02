package dev.sallyport.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.Unavailable;
import dev.sallyport.core.log.Appended.Recorded;
import dev.sallyport.core.log.Entry;
import dev.sallyport.core.log.IssuanceLog;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongFunction;

/** Callers who append without pause, take note of every entry that they were told is recorded, and ask again after a failure. */
final class TestLoad implements AutoCloseable {

    private final Map<Long, UUID> recorded = new ConcurrentHashMap<>();
    private final AtomicLong numbers = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Future<?>> running = new ArrayList<>();
    private volatile boolean stopped;

    static TestLoad on(List<IssuanceLog> logs, int callersEach, LongFunction<Entry> entries) {
        TestLoad load = new TestLoad();
        for (IssuanceLog log : logs) {
            for (int caller = 0; caller < callersEach; caller++) {
                load.running.add(load.threads.submit(() -> load.append(log, entries)));
            }
        }
        return load;
    }

    private void append(IssuanceLog log, LongFunction<Entry> entries) {
        while (!stopped) {
            Entry entry = entries.apply(numbers.incrementAndGet());
            try {
                if (log.append(entry, 0) instanceof Recorded(long index)) {
                    assertThat(recorded.put(index, jti(entry)))
                            .as("index " + index + " given twice")
                            .isNull();
                }
            } catch (Unavailable e) {
                failures.incrementAndGet();
                LockSupport.parkNanos(1_000_000);
            }
        }
    }

    private static UUID jti(Entry entry) {
        Entry.TokenFacts token = entry.token();
        if (token == null) {
            throw new AssertionError("an entry without a token");
        }
        return token.jti();
    }

    int count() {
        return recorded.size();
    }

    long failures() {
        return failures.get();
    }

    /** Stops the callers, and finds each entry that they were told of at the index that they were told. */
    void assertInLog(TestDatabase database) {
        close();
        running.forEach(Callers::result);
        try (Connection connection = database.as(TestDatabase.AUDITOR).getConnection();
                PreparedStatement select =
                        connection.prepareStatement("SELECT index, jti FROM sallyport.log_entry ORDER BY index");
                ResultSet row = select.executeQuery()) {
            while (row.next()) {
                UUID told = recorded.remove(row.getLong(1));
                assertThat(told == null || told.equals(row.getObject(2, UUID.class)))
                        .as("entry " + row.getLong(1) + " is the one that its caller was told of")
                        .isTrue();
            }
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
        assertThat(recorded).as("recorded, and not in the log").isEmpty();
    }

    @Override
    public void close() {
        stopped = true;
        threads.close();
    }
}
