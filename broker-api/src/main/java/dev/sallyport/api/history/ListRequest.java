package dev.sallyport.api.history;

import dev.sallyport.api.web.Cursor;
import dev.sallyport.core.CanonicalJson;
import dev.sallyport.core.Invalid;
import dev.sallyport.core.Names;
import dev.sallyport.store.Issuances.Position;
import dev.sallyport.store.Issuances.Query;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the caller of the list asks for.
 *
 * @param scope the list and its filters, which its cursors hold for
 */
record ListRequest(Query query, @Nullable Position after, int limit, String scope) {

    private static final String CURSOR = "cursor";
    private static final String LIMIT = "limit";
    private static final int DEFAULT_LIMIT = 50;
    private static final int MAX_LIMIT = 500;
    private static final Set<String> FILTERS = Set.of("agent", "target", "outcome", "provider", "from", "to");
    private static final Set<String> OUTCOMES = Set.of("issued", "refused");
    private static final Pattern DIGITS = Pattern.compile("[0-9]{1,4}");
    private static final Pattern POSITION = Pattern.compile("([0-9TZ:.-]{20,30}) ([0-9]{1,18})");

    /** Years of four digits, which is what ISO 8601 has and the database can hold. */
    private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");

    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59.999999Z");

    /** Reads the query's parameters; throws {@link Invalid} with the name of one that breaks a rule. */
    static ListRequest of(Map<String, List<String>> parameters) {
        Map<String, String> given = single(parameters);
        Instant from = instant("from", given.get("from"));
        Instant to = instant("to", given.get("to"));
        Invalid.unless(from == null || to == null || from.isBefore(to), "to", "must be after from");
        Query query = new Query(
                name("agent", given), name("target", given), outcome(given), name("provider", given), from, to);
        String scope = scope(given);
        String cursor = given.get(CURSOR);
        return new ListRequest(
                query, cursor == null ? null : position(Cursor.decode(cursor, scope)), limit(given), scope);
    }

    private static Map<String, String> single(Map<String, List<String>> parameters) {
        Map<String, String> given = new HashMap<>();
        parameters.forEach((name, values) -> {
            Invalid.unless(
                    FILTERS.contains(name) || name.equals(CURSOR) || name.equals(LIMIT),
                    name,
                    "is not a parameter of this list");
            Invalid.unless(values.size() == 1, name, "must be given once");
            given.put(name, values.getFirst());
        });
        return given;
    }

    private static @Nullable String name(String parameter, Map<String, String> given) {
        String name = given.get(parameter);
        if (name != null) {
            Names.check(parameter, name);
        }
        return name;
    }

    private static @Nullable String outcome(Map<String, String> given) {
        String outcome = given.get("outcome");
        Invalid.unless(outcome == null || OUTCOMES.contains(outcome), "outcome", "must be issued or refused");
        return outcome;
    }

    private static @Nullable Instant instant(String parameter, @Nullable String value) {
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

    private static int limit(Map<String, String> given) {
        String limit = given.getOrDefault(LIMIT, Integer.toString(DEFAULT_LIMIT));
        int number = DIGITS.matcher(limit).matches() ? Integer.parseInt(limit) : 0;
        Invalid.unless(number >= 1 && number <= MAX_LIMIT, LIMIT, "must be a number from 1 to " + MAX_LIMIT);
        return number;
    }

    private static String scope(Map<String, String> given) {
        Map<String, String> filters = new TreeMap<>(given);
        filters.keySet().retainAll(FILTERS);
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
