package dev.sallyport.store;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** A data source that is watched, and that can claim that the server has warned. */
final class TestConnections {

    private static final String WARNING = "canceling wait for synchronous replication due to user request";

    private final DataSource real;
    private final AtomicBoolean warning = new AtomicBoolean();
    private final AtomicBoolean warningAtCommit = new AtomicBoolean();
    private final AtomicInteger opened = new AtomicInteger();
    private final AtomicInteger executions = new AtomicInteger();
    private final AtomicReference<@Nullable Connection> last = new AtomicReference<>();

    TestConnections(DataSource real) {
        this.real = real;
    }

    DataSource source() {
        return proxy(DataSource.class, (proxy, method, arguments) -> {
            Object result = call(real, method, arguments);
            return result instanceof Connection connection ? watched(connection) : result;
        });
    }

    /** A data source that knows how many of its connections are open now, and how many were at most. */
    static DataSource counting(DataSource real, AtomicInteger now, AtomicInteger most) {
        return proxy(DataSource.class, (_, method, arguments) -> {
            Object result = call(real, method, arguments);
            if (!(result instanceof Connection connection)) {
                return result;
            }
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            return proxy(Connection.class, (_, called, given) -> {
                if (called.getName().equals("close")) {
                    now.decrementAndGet();
                }
                return call(connection, called, given);
            });
        });
    }

    private Connection watched(Connection connection) {
        opened.incrementAndGet();
        last.set(connection);
        AtomicBoolean committed = new AtomicBoolean();
        return proxy(Connection.class, (proxy, method, arguments) -> {
            switch (method.getName()) {
                case "commit" -> committed.set(true);
                case "clearWarnings" -> committed.set(false);
                case "getWarnings" -> {
                    if (warningAtCommit.get() && committed.get()) {
                        return new SQLWarning(WARNING);
                    }
                }
                default -> {}
            }
            Object result = call(connection, method, arguments);
            return result instanceof PreparedStatement statement ? watched(statement) : result;
        });
    }

    private PreparedStatement watched(PreparedStatement statement) {
        return proxy(PreparedStatement.class, (proxy, method, arguments) -> {
            if (method.getName().startsWith("execute")) {
                executions.incrementAndGet();
            }
            return method.getName().equals("getWarnings") && warning.get()
                    ? new SQLWarning(WARNING)
                    : call(statement, method, arguments);
        });
    }

    void warn(boolean whether) {
        warning.set(whether);
    }

    void warnAtCommit(boolean whether) {
        warningAtCommit.set(whether);
    }

    int opened() {
        return opened.get();
    }

    int executions() {
        return executions.get();
    }

    /** A setting of the newest session. */
    String show(String setting) {
        Connection connection = last.get();
        if (connection == null) {
            throw new AssertionError("no connection yet");
        }
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SHOW " + setting)) {
            row.next();
            return row.getString(1);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private static @Nullable Object call(Object target, Method method, Object @Nullable [] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
