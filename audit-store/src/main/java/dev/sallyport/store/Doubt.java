package dev.sallyport.store;

import java.sql.SQLException;
import java.sql.SQLWarning;
import org.jspecify.annotations.Nullable;

/** A commit that came back with a warning: it may not be durable where it should be. */
final class Doubt extends SQLException {

    private static final long serialVersionUID = 1L;

    private Doubt(SQLWarning warning) {
        super("a commit is in doubt: " + warning.getMessage(), warning.getSQLState(), warning);
    }

    static void ifWarned(@Nullable SQLWarning warning) throws Doubt {
        if (warning != null) {
            throw new Doubt(warning);
        }
    }
}
