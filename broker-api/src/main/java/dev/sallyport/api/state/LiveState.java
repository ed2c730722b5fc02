package dev.sallyport.api.state;

import dev.sallyport.core.State;
import dev.sallyport.core.StateSource;
import dev.sallyport.core.Unavailable;
import dev.sallyport.store.PostgresStore;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;

/**
 * The state in memory, loaded again when the database has moved on.
 *
 * <p>Readers never lock. Of those who need a newer state one loads it and the others wait for it, at most two seconds.
 */
public final class LiveState implements StateSource {

    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final PostgresStore store;
    private final StateCompiler compiler;
    private final UnaryOperator<State> rooms;
    private final ReentrantLock loading = new ReentrantLock();
    private volatile State current;

    /**
     * Loads the state.
     *
     * @param rooms may put something around the rooms of each state, such as what times them
     */
    public LiveState(PostgresStore store, StateCompiler compiler, UnaryOperator<State> rooms) {
        this.store = store;
        this.compiler = compiler;
        this.rooms = rooms;
        this.current = rooms.apply(compiler.compile(store.load()));
    }

    @Override
    public State current() {
        return current;
    }

    @Override
    public State atLeast(long epoch) {
        if (current.epoch() < epoch) {
            load(epoch);
        }
        return current;
    }

    private void load(long epoch) {
        try {
            if (!loading.tryLock(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new Unavailable("the configuration is being loaded");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unavailable("the broker is stopping");
        }
        try {
            if (current.epoch() < epoch) {
                current = rooms.apply(compiler.compile(store.load()));
            }
        } finally {
            loading.unlock();
        }
    }
}
