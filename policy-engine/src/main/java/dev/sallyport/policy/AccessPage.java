package dev.sallyport.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
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

        /** The rows of one agent at one target, in the order of their actions. */
        List<T> rows(String agent, String target, Work work);
    }

    /** Counts the steps that a page has taken. */
    static final class Work {

        private long steps;

        void takes(long more) {
            steps += more;
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
                for (T row : ground.rows(agent, target, work)) {
                    if (row.place().compareTo(after) > 0) {
                        if (items.size() == limit || policies > MAX_POLICIES) {
                            return new AccessPage<>(items, items.getLast().place());
                        }
                        items.add(row);
                        policies += row.size();
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
