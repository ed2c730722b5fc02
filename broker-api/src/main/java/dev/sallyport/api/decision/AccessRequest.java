package dev.sallyport.api.decision;

import dev.sallyport.api.web.Cursor;
import dev.sallyport.api.web.Parameters;
import dev.sallyport.core.Invalid;
import dev.sallyport.core.policy.Action;
import dev.sallyport.policy.Place;
import dev.sallyport.policy.Realm;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.web.servlet.function.ServerRequest;

/**
 * Which rows are asked for.
 *
 * @param agent whose; null for everybody's
 * @param target where; null for everywhere
 * @param action the concrete action; null for all
 * @param after the place that all of the page are behind
 * @param scope the list and its filters, which its cursors hold for
 */
record AccessRequest(
        @Nullable String agent,
        @Nullable String target,
        @Nullable String action,
        Place after,
        int limit,
        String scope) {

    private static final int PAGE = 100;
    private static final Set<String> KNOWN = Set.of("agent", "target", "action", "limit", "cursor");

    /** The parameters of a list; throws {@link Invalid} where there are others than those that all have and these. */
    static Parameters parameters(ServerRequest request, String... own) {
        Set<String> known = new TreeSet<>(KNOWN);
        known.addAll(Set.of(own));
        return Parameters.of(request, known);
    }

    /**
     * Reads them; throws {@link Invalid} with the name of one that breaks a rule.
     *
     * @param list the list's name
     */
    static AccessRequest of(Parameters given, String list) {
        String agent = given.text("agent").orElse(null);
        String target = given.text("target").orElse(null);
        String action = given.text("action").orElse(null);
        if (action != null) {
            Action.check("action", action);
        }
        String scope = String.join("\n", list, part(agent), part(target), part(action));
        Place after = given.text("cursor").map(cursor -> place(cursor, scope)).orElse(Place.START);
        return new AccessRequest(agent, target, action, after, given.limit(PAGE), scope);
    }

    /** An empty name is not the same as none. */
    private static String part(@Nullable String filter) {
        return filter == null ? "*" : filter;
    }

    private static Place place(String cursor, String scope) {
        String[] parts = Cursor.decode(cursor, scope).split(" ", -1);
        if (parts.length != 3) {
            throw Cursor.malformed();
        }
        return new Place(parts[0], parts[1], parts[2]);
    }

    Optional<String> cursor(@Nullable Place next) {
        return Optional.ofNullable(next)
                .map(place -> Cursor.encode(scope, place.agent() + " " + place.target() + " " + place.action()));
    }

    /** What is asked about of everything; throws {@link Invalid} where a name is nobody's. */
    Realm of(Realm all) {
        check("agent", agent, all.agents().keySet());
        check("target", target, all.targets().keySet());
        return in(all);
    }

    /** The same where a name may be nobody's. */
    Realm in(Realm all) {
        return all.only(agent, target);
    }

    private static void check(String parameter, @Nullable String name, Set<String> known) {
        Invalid.unless(name == null || known.contains(name), parameter, "no " + parameter + " is named " + name);
    }
}
