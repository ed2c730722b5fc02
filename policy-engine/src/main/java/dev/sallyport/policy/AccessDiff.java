package dev.sallyport.policy;

import dev.sallyport.core.directory.Agent;
import dev.sallyport.core.directory.Target;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How who could reach what differs between two revisions.
 *
 * <p>Only where an agent, a target or a policy about both is another one is anything looked at.
 */
public final class AccessDiff {

    private final Ground ground;

    /**
     * Finds the documents that differ.
     *
     * @param action the one concrete action that is asked about; null for all
     */
    public AccessDiff(Realm from, Realm to, @Nullable String action) {
        this.ground = new Ground(from, to, action);
    }

    /** One page: the first changes behind a place, {@link Place#START} for the first ones. */
    public AccessPage<AccessChange> page(Place after, int limit) {
        return AccessPage.of(ground, after, limit);
    }

    private static final class Ground implements AccessPage.Ground<AccessChange> {

        private final Realm from;
        private final Realm to;
        private final @Nullable String action;
        private final NavigableSet<String> agents;
        private final NavigableMap<String, List<Target>> targets = new TreeMap<>();
        private final Set<String> changed = new HashSet<>();
        private final List<RuleIndex> rules;

        Ground(Realm from, Realm to, @Nullable String action) {
            this.from = from;
            this.to = to;
            this.action = action;
            this.agents = new TreeSet<>(from.agents().navigableKeySet());
            agents.addAll(to.agents().navigableKeySet());
            Stream.of(from, to)
                    .flatMap(realm -> realm.targets().values().stream())
                    .forEach(target -> targets.computeIfAbsent(target.name(), name -> new ArrayList<>(2))
                            .add(target));
            targets.forEach((name, versions) -> {
                if (versions.size() < 2 || !versions.getFirst().equals(versions.getLast())) {
                    changed.add(name);
                }
            });
            List<Rule> before = from.policies().rules();
            List<Rule> after = to.policies().rules();
            this.rules = List.of(new RuleIndex(others(before, after)), new RuleIndex(others(after, before)));
        }

        /** Those of the rules that the others do not have just so. */
        private static List<Rule> others(List<Rule> rules, List<Rule> others) {
            Map<String, Rule> known = others.stream().collect(Collectors.toMap(Rule::name, rule -> rule));
            return rules.stream()
                    .filter(rule -> {
                        Rule other = known.get(rule.name());
                        return other == null || !rule.saysAs(other);
                    })
                    .toList();
        }

        @Override
        public NavigableSet<String> agents() {
            return agents;
        }

        @Override
        public NavigableSet<String> targets(String agent, AccessPage.Work work) {
            Agent was = from.agents().get(agent);
            Agent is = to.agents().get(agent);
            if (was == null || is == null || !was.equals(is)) {
                return targets.navigableKeySet();
            }
            List<Rule> about = new ArrayList<>();
            rules.forEach(index -> index.find(is, about));
            NavigableSet<String> found = new TreeSet<>(changed);
            if (!about.isEmpty()) {
                work.takes((long) about.size() * targets.size());
                targets.forEach((name, versions) -> {
                    if (about.stream().anyMatch(rule -> rule.names(versions.getFirst()))) {
                        found.add(name);
                    }
                });
            }
            return found;
        }

        @Override
        public AccessPage.Pair<AccessChange> pair(String agent, String target, AccessPage.Work work) {
            return new Changes(agent, target, side(from, agent, target, work), side(to, agent, target, work));
        }

        private Side side(Realm realm, String agent, String target, AccessPage.Work work) {
            Optional<Reach> reach = AccessList.reach(realm, agent, target, work);
            return new Side(reach, reach.map(there -> there.actions(action)).orElse(Collections.emptyNavigableSet()));
        }
    }

    /** One revision's view of an agent at a target. */
    private record Side(Optional<Reach> reach, NavigableSet<String> actions) {

        @Nullable
        Access of(String action) {
            return reach.flatMap(there -> there.of(action)).orElse(null);
        }
    }

    /** Each action that has a row in either is looked at in both, so that what remains of a pattern is no change. */
    private record Changes(String agent, String target, Side before, Side after)
            implements AccessPage.Pair<AccessChange> {

        @Override
        public NavigableSet<String> actions() {
            NavigableSet<String> actions = new TreeSet<>(before.actions());
            actions.addAll(after.actions());
            return actions;
        }

        @Override
        public Optional<AccessChange> row(String action) {
            Access was = before.of(action);
            Access is = after.of(action);
            boolean listed = (was != null && before.actions().contains(action))
                    || (is != null && after.actions().contains(action));
            return listed && !Objects.equals(was, is)
                    ? Optional.of(new AccessChange(new Place(agent, target, action), was, is))
                    : Optional.empty();
        }
    }
}
