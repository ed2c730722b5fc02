package dev.sallyport.api.history;

import dev.sallyport.api.web.Cursor;
import dev.sallyport.api.web.Parameters;
import dev.sallyport.core.Invalid;
import dev.sallyport.store.IssuanceQuery;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.web.servlet.function.ServerRequest;

/**
 * What the caller of the list asks for.
 *
 * @param before the index that all of the page are below
 * @param scope the list and its filters, which its cursors hold for
 */
record ListRequest(IssuanceQuery query, long before, int limit, String scope) {

    private static final int DEFAULT_LIMIT = 50;
    private static final Set<String> KNOWN = Stream.concat(IssuanceFilters.NAMES.stream(), Stream.of("limit", "cursor"))
            .collect(Collectors.toSet());

    /** Reads the query's parameters; throws {@link Invalid} with the name of one that breaks a rule. */
    static ListRequest of(ServerRequest request) {
        Parameters given = Parameters.of(request, KNOWN, IssuanceFilters.REPEATABLE);
        IssuanceQuery query = IssuanceFilters.query(given);
        String scope = IssuanceFilters.scope("issuances", IssuanceFilters.NAMES, given);
        long before = Cursor.index(given, scope);
        return new ListRequest(query, before, given.limit(DEFAULT_LIMIT), scope);
    }

    /** The cursor of the page whose attempts are below an index. */
    String cursor(long next) {
        return Cursor.encode(scope, Long.toString(next));
    }
}
