package dev.sallyport.api.history;

import dev.sallyport.api.web.Parameters;
import dev.sallyport.core.Invalid;
import dev.sallyport.store.LogEntry;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.springframework.web.servlet.function.ServerRequest;

/**
 * Which entries an export is to hold, and how.
 *
 * @param line turns an entry into its line
 * @param from the first index
 * @param to the first index that is too high
 */
record ExportRequest(Function<LogEntry, String> line, long from, long to) {

    private static final Set<String> KNOWN = Set.of("format", "from", "to");
    private static final Pattern INDEX = Pattern.compile("0|[1-9][0-9]{0,17}");

    /** Reads the query's parameters; throws {@link Invalid} with the name of one that breaks a rule. */
    static ExportRequest of(ServerRequest request) {
        Parameters given = Parameters.of(request, KNOWN);
        long from = index("from", given, 0);
        long to = index("to", given, Long.MAX_VALUE);
        Invalid.unless(from <= to, "to", "must not be below from");
        return new ExportRequest(line(given), from, to);
    }

    private static Function<LogEntry, String> line(Parameters given) {
        return switch (given.text("format").orElse("ndjson")) {
            case "ndjson" -> EventExport::line;
            case "ocsf" -> Ocsf::line;
            default -> throw new Invalid("format", "must be ndjson or ocsf");
        };
    }

    private static long index(String parameter, Parameters given, long byDefault) {
        return given.text(parameter)
                .map(text -> {
                    Invalid.unless(INDEX.matcher(text).matches(), parameter, "must be an index of the log, from 0");
                    return Long.parseLong(text);
                })
                .orElse(byDefault);
    }
}
