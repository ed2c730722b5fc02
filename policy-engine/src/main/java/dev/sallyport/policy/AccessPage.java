package dev.sallyport.policy;

import dev.sallyport.core.Invalid;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Some of the rows, in the order of their places.
 *
 * <p>A page may hold fewer than were asked for, even none, and still lead on: it ends after {@value #MAX_WORK} steps, and after rows
 * that name {@value #MAX_POLICIES} policies together.
 *
 * @param next the place that the next page is behind; null where this is the last
 */
public record AccessPage<T extends AccessPage.Item>(
        List<T> items, @Nullable Place next) {

    private static final long MAX_WORK = 4_000_000;
    private static final int MAX_POLICIES = 5_000;

    public AccessPage {
        items = List.copyOf(items);
    }

    /** A row. */
    public interface Item {

        Place place();

        /** How many policies it names. */
        int size();
    }

    /** What a page is made of. */
    interface Ground<T> {

        NavigableSet<String> agents();

        /** Those at which the agent may have rows. */
        NavigableSet<String> targets(String agent, Work work);

        /** What there is of one agent at one target. */
        Pair<T> pair(String agent, String target, Work work);
    }

    /** One agent at one target. */
    interface Pair<T> {

        /** The actions of which there may be rows. */
        NavigableSet<String> actions();

        /** The row of one of them, if there is one. */
        Optional<T> row(String action);
    }

    /** Counts the steps that a page has taken. What can't be told in {@value #MOST} is refused. */
    static final class Work {

        private static final long MOST = 2 * MAX_WORK;

        private long steps;

        /** Throws {@link Invalid} where it is too much, however little of it is asked for at a time. */
        void takes(long more) {
            steps += more;
            Invalid.unless(
                    steps <= MOST,
                    "target",
                    "has too many patterns to be listed with those of the policies; ask about one action");
        }

        private boolean enough() {
            return steps > MAX_WORK;
        }
    }

    static <T extends Item> AccessPage<T> of(Ground<T> ground, Place after, int limit) {
        List<T> items = new ArrayList<>();
        Work work = new Work();
        int policies = 0;
        for (String agent : ground.agents().tailSet(after.agent(), true)) {
            work.takes(1);
            boolean first = agent.equals(after.agent());
            NavigableSet<String> targets = ground.targets(agent, work);
            for (String target : first ? targets.tailSet(after.target(), true) : targets) {
                Pair<T> pair = ground.pair(agent, target, work);
                boolean begun = first && target.equals(after.target());
                NavigableSet<String> actions = pair.actions();
                for (String action : begun ? actions.tailSet(after.action(), false) : actions) {
                    Optional<T> row = pair.row(action);
                    if (row.isPresent()) {
                        if (items.size() == limit || policies > MAX_POLICIES) {
                            return new AccessPage<>(items, items.getLast().place());
                        }
                        items.add(row.get());
                        policies += row.get().size();
                    }
                    if (work.enough()) {
                        return new AccessPage<>(items, new Place(agent, target, action));
                    }
                }
                if (work.enough()) {
                    return new AccessPage<>(items, Place.behind(agent, target));
                }
            }
            if (work.enough()) {
                return new AccessPage<>(items, Place.behind(agent));
            }
        }
        return new AccessPage<>(items, null);
    }
}
