package dev.sallyport.api.history;

import dev.sallyport.api.web.Cursor;
import dev.sallyport.api.web.Parameters;
import dev.sallyport.core.CanonicalJson;
import dev.sallyport.core.Invalid;
import dev.sallyport.core.Names;
import dev.sallyport.store.Issuances.Position;
import dev.sallyport.store.Issuances.Query;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.web.servlet.function.ServerRequest;

/**
 * What the caller of the list asks for.
 *
 * @param scope the list and its filters, which its cursors hold for
 */
record ListRequest(Query query, @Nullable Position after, int limit, String scope) {

    private static final String CURSOR = "cursor";
    private static final int DEFAULT_LIMIT = 50;
    private static final Set<String> FILTERS = Set.of("agent", "target", "outcome", "provider", "from", "to");
    private static final Set<String> KNOWN =
            Set.of("agent", "target", "outcome", "provider", "from", "to", "limit", CURSOR);
    private static final Set<String> OUTCOMES = Set.of("issued", "refused");
    private static final Pattern POSITION = Pattern.compile("([0-9TZ:.-]{20,30}) ([0-9]{1,18})");

    /** Years of four digits, which is what ISO 8601 has and the database can hold. */
    private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");

    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59.999999Z");

    /** Reads the query's parameters; throws {@link Invalid} with the name of one that breaks a rule. */
    static ListRequest of(ServerRequest request) {
        Parameters given = Parameters.of(request, KNOWN);
        Instant from = instant("from", given);
        Instant to = instant("to", given);
        Invalid.unless(from == null || to == null || from.isBefore(to), "to", "must be after from");
        Query query = new Query(
                name("agent", given), name("target", given), outcome(given), name("provider", given), from, to);
        String scope = scope(given);
        Position after = given.text(CURSOR)
                .map(cursor -> position(Cursor.decode(cursor, scope)))
                .orElse(null);
        return new ListRequest(query, after, given.limit(DEFAULT_LIMIT), scope);
    }

    private static @Nullable String name(String parameter, Parameters given) {
        String name = given.text(parameter).orElse(null);
        if (name != null) {
            Names.check(parameter, name);
        }
        return name;
    }

    private static @Nullable String outcome(Parameters given) {
        String outcome = given.text("outcome").orElse(null);
        Invalid.unless(outcome == null || OUTCOMES.contains(outcome), "outcome", "must be issued or refused");
        return outcome;
    }

    /** The time that a parameter gives; throws {@link Invalid} where it gives none that can be. */
    static @Nullable Instant instant(String parameter, Parameters given) {
        String value = given.text(parameter).orElse(null);
        if (value == null) {
            return null;
        }
        try {
            Instant instant = Instant.parse(value);
            Invalid.unless(
                    !instant.isBefore(EARLIEST) && !instant.isAfter(LATEST),
                    parameter,
                    "must be a year from 1 to 9999");
            return instant;
        } catch (DateTimeException e) {
            throw new Invalid(parameter, "must be an ISO 8601 instant such as 2026-05-01T12:00:00Z");
        }
    }

    private static String scope(Parameters given) {
        Map<String, String> filters = new TreeMap<>();
        FILTERS.forEach(name -> given.text(name).ifPresent(value -> filters.put(name, value)));
        return "issuances " + CanonicalJson.text(filters);
    }

    private static Position position(String text) {
        Matcher position = POSITION.matcher(text);
        if (!position.matches()) {
            throw Cursor.malformed();
        }
        try {
            return new Position(Instant.parse(position.group(1)), Long.parseLong(position.group(2)));
        } catch (DateTimeException e) {
            throw Cursor.malformed();
        }
    }

    /** The cursor of the page that begins behind a position. */
    String cursor(Position next) {
        return Cursor.encode(scope, next.time() + " " + next.index());
    }
}
