package dev.sallyport.api.admin;

import dev.sallyport.api.document.Kind;
import dev.sallyport.api.replay.Candidates;
import dev.sallyport.api.replay.Difference;
import dev.sallyport.api.replay.ReplayResult;
import dev.sallyport.api.replay.ReplayResult.Group;
import dev.sallyport.api.replay.Replays;
import dev.sallyport.api.replay.Replays.Place;
import dev.sallyport.api.security.Caller;
import dev.sallyport.api.state.Loaded;
import dev.sallyport.api.state.StateCompiler;
import dev.sallyport.api.web.Problem;
import dev.sallyport.core.Configuration;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Refuses a change that would have decided otherwise what happened lately.
 *
 * <p>What the policies in force decide otherwise already is not held against it. It needs {@code policy:read} and
 * {@code audit:read}, since whoever can ask about many changes could learn policies and history by it.
 */
final class HistoryCheck {

    private static final Duration AT_MOST = Duration.ofSeconds(60);
    private static final Duration STEP = Duration.ofSeconds(1);
    private static final int LISTED = 100;

    private final Replays replays;
    private final StateCompiler compiler;

    HistoryCheck(Replays replays, StateCompiler compiler) {
        this.replays = replays;
        this.compiler = compiler;
    }

    /**
     * Throws a 409 where a change does not meet the demand, where there is no telling in time, and where it changes something else
     * than policies: a replay knows agents, targets and trust providers as they were, and could tell nothing of those.
     */
    void require(Caller caller, HistoryDemand demand, List<Change> changes, Configuration wanted, Loaded loaded) {
        caller.requireAll(List.of(Scopes.POLICY_READ, Scopes.AUDIT_READ));
        if (!changes.stream().allMatch(change -> change.kind() == Kind.POLICY)) {
            throw unsettled(
                    "the history can be asked about changes of policies only, and this one changes other documents");
        }
        Duration denials = demand.noNewDenials();
        Duration grants = demand.noNewGrants();
        boolean together = denials != null && denials.equals(grants);
        if (denials != null) {
            ReplayResult result = replay(caller, wanted, loaded, denials);
            check(result, "denials", Difference::newDenial);
            if (together) {
                check(result, "grants", Difference::newGrant);
            }
        }
        if (grants != null && !together) {
            check(replay(caller, wanted, loaded, grants), "grants", Difference::newGrant);
        }
    }

    private static void check(ReplayResult result, String what, Predicate<Difference> unwanted) {
        List<Group> found = result.groups().stream()
                .filter(group -> unwanted.test(group.difference()))
                .toList();
        if (!found.isEmpty()) {
            throw disagreement(what, found);
        }
        if (!result.complete()) {
            throw unsettled(
                    "the log holds more decisions of that time than can be replayed in " + AT_MOST.toSeconds() + " s");
        }
        if (result.overflown() || result.counts().unreadable() > 0) {
            throw unsettled("some entries can't be read, or too much differs");
        }
        if (result.archived()) {
            throw unsettled("some entries of that time are archived");
        }
    }

    private ReplayResult replay(Caller caller, Configuration wanted, Loaded loaded, Duration length) {
        try (Place place = replays.placeOfChange()) {
            Candidates candidates = Candidates.of(wanted, loaded, compiler);
            return place.start(caller.author(), candidates, replays.last(length), AT_MOST)
                    .result(STEP);
        }
    }

    private static Problem disagreement(String what, List<Group> found) {
        Map<String, Object> more = new LinkedHashMap<>();
        more.put("code", "new-" + what);
        more.put("count", found.stream().mapToLong(Group::count).sum());
        more.put("groups", ReplayView.shown(found, LISTED));
        more.put("truncated", found.size() > LISTED);
        String how = what.equals("denials") ? "refuse what was granted" : "grant what was refused";
        return new Problem(409, "new-" + what, "nothing was changed: it would " + how + " in that time", more);
    }

    private static Problem unsettled(String why) {
        return new Problem(
                409, "history-unsettled", "nothing was changed: " + why, Map.of("code", "history-unsettled"));
    }
}
