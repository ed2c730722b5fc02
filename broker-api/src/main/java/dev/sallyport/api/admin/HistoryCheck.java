package dev.sallyport.api.admin;

import dev.sallyport.api.replay.Candidates;
import dev.sallyport.api.replay.Difference;
import dev.sallyport.api.replay.Period;
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
import org.jspecify.annotations.Nullable;

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

    /** Throws a 409 where the wanted configuration does not meet the demand, and where there is no telling in time. */
    void require(Caller caller, HistoryDemand demand, Configuration wanted, Loaded loaded) {
        caller.requireAll(List.of(Scopes.POLICY_READ, Scopes.AUDIT_READ));
        Candidates candidates = Candidates.of(wanted, loaded, compiler);
        require(caller, candidates, demand.noNewDenials(), "denials", Difference::denies);
        require(caller, candidates, demand.noNewGrants(), "grants", Difference::grants);
    }

    private void require(
            Caller caller,
            Candidates candidates,
            @Nullable Duration length,
            String what,
            Predicate<Difference> unwanted) {
        if (length == null) {
            return;
        }
        ReplayResult result = replay(caller, candidates, replays.last(length));
        List<Group> found = result.groups().stream()
                .filter(group ->
                        unwanted.test(group.difference()) && !group.difference().already())
                .toList();
        if (!found.isEmpty()) {
            throw disagreement(what, found);
        }
        if (!result.complete() || result.overflown() || result.counts().unreadable() > 0) {
            throw unsettled(result);
        }
    }

    private ReplayResult replay(Caller caller, Candidates candidates, Period period) {
        try (Place place = replays.place()) {
            return place.start(caller.author(), candidates, period, AT_MOST).result(STEP);
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

    private static Problem unsettled(ReplayResult result) {
        String why = result.complete()
                ? "some entries can't be read, or too much differs"
                : "the log holds more decisions of that time than can be replayed in " + AT_MOST.toSeconds() + " s";
        return new Problem(
                409, "history-unsettled", "nothing was changed: " + why, Map.of("code", "history-unsettled"));
    }
}
