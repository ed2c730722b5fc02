package dev.sallyport.policy;

import dev.sallyport.core.directory.Agent;
import dev.sallyport.core.directory.Target;
import java.util.NavigableSet;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who could reach what, by one revision of the policies.
 *
 * @param action the one concrete action that is asked about; null for all
 */
public record AccessList(Realm realm, @Nullable String action) {

    /** One page: the first rows behind a place, {@link Place#START} for the first ones. */
    public AccessPage<Access> page(Place after, int limit) {
        return AccessPage.of(new Ground(realm, action), after, limit);
    }

    /** What the one agent could be permitted at the one target; empty where either is not there. */
    static Optional<Reach> reach(Realm realm, String agent, String target, AccessPage.Work work) {
        Agent who = realm.agents().get(agent);
        Target where = realm.targets().get(target);
        if (who == null || where == null) {
            return Optional.empty();
        }
        return Optional.of(new Reach(realm.policies(), who, where, work));
    }

    private record Ground(Realm realm, @Nullable String action) implements AccessPage.Ground<Access> {

        @Override
        public NavigableSet<String> agents() {
            return realm.agents().navigableKeySet();
        }

        @Override
        public NavigableSet<String> targets(String agent, AccessPage.Work work) {
            return realm.targets().navigableKeySet();
        }

        @Override
        public AccessPage.Pair<Access> pair(String agent, String target, AccessPage.Work work) {
            Reach reach = reach(realm, agent, target, work).orElseThrow();
            NavigableSet<String> actions = reach.actions(action);
            return new AccessPage.Pair<>() {

                @Override
                public NavigableSet<String> actions() {
                    return actions;
                }

                @Override
                public Optional<Access> row(String each) {
                    return reach.of(each);
                }
            };
        }
    }
}
