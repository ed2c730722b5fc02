package dev.sallyport.api.state;

import dev.sallyport.core.Invalid;
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
    private volatile Loaded loaded;

    /**
     * Loads the state.
     *
     * @param rooms may put something around the rooms of each state, such as what times them
     */
    public LiveState(PostgresStore store, StateCompiler compiler, UnaryOperator<State> rooms) {
        this.store = store;
        this.compiler = compiler;
        this.rooms = rooms;
        this.loaded = ready(compiler.compile(store.load()));
    }

    @Override
    public State current() {
        return loaded.state();
    }

    @Override
    public State atLeast(long epoch) {
        if (loaded.state().epoch() < epoch) {
            load(epoch);
        }
        return loaded.state();
    }

    /** What is in memory now. */
    public Loaded loaded() {
        return loaded;
    }

    /**
     * What the database holds now: asks for its epoch first, so that nobody reads what another replica has replaced.
     *
     * @throws Unavailable when the database can't answer
     */
    public Loaded fresh() {
        State _ = atLeast(store.epoch());
        return loaded;
    }

    private Loaded ready(Loaded fresh) {
        return fresh.with(rooms.apply(fresh.state()));
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
            Loaded before = loaded;
            if (before.state().epoch() < epoch) {
                loaded = ready(compiler.compile(store.load(before.documents().revision()), before));
            }
        } catch (Invalid e) {
            throw new Unavailable("the configuration, since " + e.field() + " " + e.reason() + ",", e);
        } finally {
            loading.unlock();
        }
    }
}
