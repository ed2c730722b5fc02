package dev.sallyport.policy;

import dev.sallyport.core.Glob;
import dev.sallyport.core.directory.Agent;
import dev.sallyport.core.policy.Policy;
import dev.sallyport.core.policy.Policy.Selector;
import dev.sallyport.policy.Rule.Who;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What of one policy has been used, and the policy without the rest.
 *
 * <p>It remembers {@value #MOST} names of each sort. Where there were more, what they have in common in the policy's document stays as
 * it is. For one thread.
 */
public final class PolicyUse {

    private static final int MOST = 500;

    private final Policy policy;
    private final List<Selecting> agents;
    private final Room agentRoom = new Room();
    private final Used targets;
    private final Used actions;
    private long count;
    private @Nullable Instant last;

    public PolicyUse(Policy policy) {
        this.policy = policy;
        this.agents = policy.agents().stream().map(Selecting::new).toList();
        this.targets = new Used(policy.targets());
        this.actions = new Used(policy.actions());
    }

    /**
     * It had a say in a decision.
     *
     * @param agent who asked, as it was then
     * @param decided the actions that were decided on; those that the policy does not cover do not matter
     */
    public void add(Agent agent, String target, Collection<String> decided, Instant time) {
        agents.stream()
                .filter(each -> each.who.includes(agent))
                .findFirst()
                .ifPresent(each -> each.add(agent.name(), agentRoom));
        targets.add(target);
        decided.forEach(actions::add);
        count++;
        last = last == null || time.isAfter(last) ? time : last;
    }

    public Policy policy() {
        return policy;
    }

    /** How many decisions it had a say in. */
    public long count() {
        return count;
    }

    /** When it last had a say; null for never. */
    public @Nullable Instant last() {
        return last;
    }

    /** The selectors by which nobody was selected. */
    public List<Selector> unusedAgents() {
        return agents.stream()
                .filter(each -> !each.used)
                .map(each -> each.selector)
                .toList();
    }

    /** The names and patterns of targets where it never had a say. */
    public List<String> unusedTargets() {
        return targets.unused();
    }

    /** The actions and patterns of actions that it was never asked about. */
    public List<String> unusedActions() {
        return actions.unused();
    }

    /**
     * The policy narrowed to what was used; null where nothing remains of it. It never permits what the policy does not.
     *
     * @param directory the agents that there are
     * @param known whether there is a target of that name
     */
    public @Nullable Policy tightened(Collection<Agent> directory, Predicate<String> known) {
        List<Selector> selectors = agents.stream()
                .flatMap(each -> each.narrowed(directory))
                .distinct()
                .toList();
        List<String> where = targets.narrowed(known);
        List<String> what = actions.narrowed(_ -> true);
        if (selectors.isEmpty() || where.isEmpty() || what.isEmpty()) {
            return null;
        }
        return new Policy(
                policy.name(),
                policy.description(),
                policy.effect(),
                selectors,
                where,
                what,
                policy.when(),
                policy.grant(),
                policy.limit());
    }

    /** How many more names of one sort may be remembered. */
    private static final class Room {

        private int left = MOST;

        boolean take() {
            return left-- > 0;
        }
    }

    /** A selector, with the agents that it has selected; where it does not come first it is not needed for them. */
    private static final class Selecting {

        private final Selector selector;
        private final Who who;
        private final Set<String> names = new TreeSet<>();
        private boolean used;
        private boolean many;

        Selecting(Selector selector) {
            this.selector = selector;
            this.who = Who.of(selector);
        }

        void add(String agent, Room room) {
            used = true;
            many |= !names.contains(agent) && !(room.take() && names.add(agent));
        }

        Stream<Selector> narrowed(Collection<Agent> directory) {
            Glob name = who.name();
            if (!used) {
                return Stream.of();
            }
            if (many || (name != null && name.exact()) || allOf(directory)) {
                return Stream.of(selector);
            }
            return directory.stream().map(Agent::name).filter(names::contains).map(selector::narrowedTo);
        }

        /** Whether everybody whom it selects has used it. */
        private boolean allOf(Collection<Agent> directory) {
            return directory.stream().anyMatch(who::includes)
                    && directory.stream().allMatch(agent -> names.contains(agent.name()) || !who.includes(agent));
        }
    }

    /** Names and patterns, with the texts that have matched them. */
    private static final class Used {

        private final List<Glob> patterns;
        private final List<Set<String>> texts;
        private final boolean[] many;
        private final Room room = new Room();

        Used(List<String> patterns) {
            this.patterns = Glob.all(patterns);
            this.texts = IntStream.range(0, patterns.size())
                    .<Set<String>>mapToObj(_ -> new TreeSet<>())
                    .toList();
            this.many = new boolean[patterns.size()];
        }

        void add(String text) {
            for (int i = 0; i < many.length; i++) {
                Set<String> known = texts.get(i);
                if (patterns.get(i).matches(text)) {
                    many[i] |= !known.contains(text) && !(room.take() && known.add(text));
                }
            }
        }

        List<String> unused() {
            return IntStream.range(0, many.length)
                    .filter(i -> texts.get(i).isEmpty() && !many[i])
                    .mapToObj(i -> patterns.get(i).pattern())
                    .toList();
        }

        List<String> narrowed(Predicate<String> known) {
            List<String> narrowed = new ArrayList<>();
            for (int i = 0; i < many.length; i++) {
                if (many[i]) {
                    narrowed.add(patterns.get(i).pattern());
                } else {
                    texts.get(i).stream().filter(known).forEach(narrowed::add);
                }
            }
            return narrowed.stream().distinct().toList();
        }
    }
}
