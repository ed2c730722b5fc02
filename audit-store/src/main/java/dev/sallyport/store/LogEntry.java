package dev.sallyport.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * One entry as the log holds it.
 *
 * @param index its position in the log
 * @param leaf the bytes that are hashed
 * @param detail the bytes that the leaf commits to, with the salt; null where erased
 * @param erasure the index of the entry that erased them; null where none did
 */
@SuppressWarnings("ArrayRecordComponent") // Bytes on their way to an auditor; nobody compares these records.
public record LogEntry(
        long index,
        byte[] leaf,
        byte @Nullable [] detail,
        byte @Nullable [] salt,
        @Nullable Long erasure) {

    /** What is read, of an entry that is named {@code e}. */
    static final String COLUMNS = """
            index, leaf, detail, salt, CASE WHEN detail IS NULL THEN
              (SELECT erasure FROM sallyport.erased x WHERE x.index = e.index) END AS erasure
            """;

    static LogEntry read(ResultSet row) throws SQLException {
        return new LogEntry(
                row.getLong("index"),
                row.getBytes("leaf"),
                row.getBytes("detail"),
                row.getBytes("salt"),
                row.getObject("erasure", Long.class));
    }

    @Override
    public String toString() {
        return "LogEntry[" + index + "]";
    }
}
