package dev.sallyport.api.history;

import dev.sallyport.api.web.Cursor;
import dev.sallyport.api.web.Parameters;
import dev.sallyport.core.CanonicalJson;
import dev.sallyport.core.Invalid;
import dev.sallyport.store.Events.Query;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.web.servlet.function.ServerRequest;

/**
 * What the caller of the list of events asks for.
 *
 * @param before the index that all of the page are below
 * @param raw whether the stored bytes are wanted too
 * @param scope the list and its filters, which its cursors hold for
 */
record EventRequest(Query query, long before, int limit, boolean raw, String scope) {

    private static final int DEFAULT_LIMIT = 50;
    private static final Set<String> FILTERS = Set.of("type", "from", "to");
    private static final Set<String> KNOWN = Set.of("type", "from", "to", "limit", "cursor", "raw");
    private static final Pattern TYPE = Pattern.compile("[a-z][a-z_-]{0,62}");

    /** Reads the query's parameters; throws {@link Invalid} with the name of one that breaks a rule. */
    static EventRequest of(ServerRequest request) {
        Parameters given = Parameters.of(request, KNOWN);
        Instant from = IssuanceFilters.instant("from", given);
        Instant to = IssuanceFilters.instant("to", given);
        Invalid.unless(from == null || to == null || from.isBefore(to), "to", "must be after from");
        String scope = scope(given);
        long before = Cursor.index(given, scope);
        return new EventRequest(
                new Query(type(given), from, to), before, given.limit(DEFAULT_LIMIT), given.flag("raw"), scope);
    }

    private static @Nullable String type(Parameters given) {
        String type = given.text("type").orElse(null);
        Invalid.unless(type == null || TYPE.matcher(type).matches(), "type", "must be a type such as issuance");
        return type;
    }

    private static String scope(Parameters given) {
        Map<String, String> filters = new TreeMap<>();
        FILTERS.forEach(name -> given.text(name).ifPresent(value -> filters.put(name, value)));
        return "events " + CanonicalJson.text(filters);
    }

    /** The cursor of the page whose entries are below an index. */
    String cursor(long next) {
        return Cursor.encode(scope, Long.toString(next));
    }
}
