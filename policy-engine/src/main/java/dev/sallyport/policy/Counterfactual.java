package dev.sallyport.policy;

import dev.sallyport.policy.Explanation.Change;
import dev.sallyport.policy.Explanation.Part;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Looks for the smallest change that turns a decision around: the fewest predicates first, those of conditions before those of
 * agents, actions and targets.
 *
 * <p>Each answer was tried: the decision is made again with it. Where some action has to be permitted, either a deny that applies
 * must not, or one allow must; where one has to be refused, some deny must apply, or an allow that does must not. Following only
 * such steps, from the fewest edits to the most, finds the smallest set within the bounds.
 */
final class Counterfactual {

    private static final int MAX_WORLDS = 400;
    private static final int MAX_RULES = 64;

    private record Candidate(World world, List<Edit> edits, String action) {

        private int weight() {
            return edits.stream()
                    .mapToInt(edit -> 100 + rank(edit.change().part()))
                    .sum();
        }

        private static int rank(Part part) {
            return switch (part) {
                case NONE, CONDITION -> 0;
                case AGENT -> 1;
                case ACTION -> 2;
                case TARGET -> 3;
            };
        }

        private boolean holds() {
            return edits.stream().allMatch(edit -> edit.holds().test(world));
        }
    }

    private final World base;
    private final boolean permitted;
    private final PriorityQueue<Candidate> queue = new PriorityQueue<>(Comparator.comparingInt(Candidate::weight));
    private boolean exhausted = true;

    Counterfactual(World base, boolean permitted) {
        this.base = base;
        this.permitted = permitted;
    }

    /** The smallest change found, or none. */
    List<Change> find() {
        for (String action : base.question().wanted()) {
            if (base.possible(action)) {
                queue.add(new Candidate(base, List.of(), action));
            } else if (!permitted && !base.question().actions().isEmpty()) {
                return List.of();
            }
        }
        for (int i = 0; i < MAX_WORLDS && !queue.isEmpty(); i++) {
            Candidate next = queue.remove();
            if (turned(next.world())) {
                return next.edits().stream().map(Edit::change).distinct().toList();
            }
            expand(next);
        }
        exhausted &= queue.isEmpty();
        return List.of();
    }

    /** Whether all was seen that lies within the bounds of {@link Ways}. */
    boolean exhausted() {
        return exhausted;
    }

    private boolean turned(World world) {
        return PolicySet.suffices(world.granted(), base.question().actions()) != permitted;
    }

    private void expand(Candidate from) {
        World world = from.world();
        boolean granted = world.considered().permit(from.action());
        if (granted != permitted) {
            world.question().wanted().stream()
                    .filter(action ->
                            base.possible(action) && world.considered().permit(action) == permitted)
                    .findFirst()
                    .ifPresent(action -> expand(new Candidate(world, from.edits(), action)));
            return;
        }
        List<Rule> applying = world.considered().all().stream()
                .filter(rule -> world.applies(rule, from.action()))
                .toList();
        if (permitted) {
            near(world, false, from.action()).forEach(way -> add(from, way));
            toNotApply(from, applying);
        } else if (applying.stream().anyMatch(rule -> !rule.allows())) {
            toNotApply(from, applying.stream().filter(rule -> !rule.allows()).toList());
        } else {
            near(world, true, from.action()).forEach(way -> add(from, way));
        }
    }

    private void toNotApply(Candidate from, List<Rule> applying) {
        if (!applying.isEmpty()) {
            new Ways(from.world(), applying.getFirst(), from.action())
                    .toNotApply()
                    .forEach(way -> add(from, way));
        }
    }

    /** The ways to make one more policy apply, of those that are nearest to it. */
    private List<List<Edit>> near(World world, boolean allows, String action) {
        List<List<List<Edit>>> byRule = world.set().rules().stream()
                .filter(rule -> rule.allows() == allows && !world.applies(rule, action))
                .map(rule -> new Ways(world, rule, action).toApply())
                .filter(ways -> !ways.isEmpty())
                .sorted(Comparator.comparingInt(ways -> ways.getFirst().size()))
                .toList();
        exhausted &= byRule.size() <= MAX_RULES;
        return byRule.stream().limit(MAX_RULES).flatMap(List::stream).toList();
    }

    private void add(Candidate from, List<Edit> way) {
        List<Edit> edits = new ArrayList<>(from.edits());
        edits.addAll(way);
        World world = from.world();
        for (Edit edit : way) {
            world = edit.apply().apply(world);
        }
        Candidate candidate = new Candidate(world, edits, from.action());
        if (!way.isEmpty() && edits.size() <= Ways.MAX_EDITS && candidate.holds()) {
            queue.add(candidate);
        }
    }
}
