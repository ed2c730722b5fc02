package dev.sallyport.api.history;

import dev.sallyport.api.web.Parameters;
import dev.sallyport.core.Invalid;
import java.util.Set;
import java.util.regex.Pattern;
import org.springframework.web.servlet.function.ServerRequest;

/**
 * Which entries an export is to hold, and how.
 *
 * @param from the first index
 * @param to the first index that is too high
 */
record ExportRequest(ExportFormat format, long from, long to) {

    /** All that a log holds. */
    static final ExportRequest WHOLE = new ExportRequest(ExportFormat.NDJSON, 0, Long.MAX_VALUE);

    private static final Set<String> KNOWN = Set.of("format", "from", "to");
    private static final Pattern INDEX = Pattern.compile("0|[1-9][0-9]{0,17}");

    /** Reads the query's parameters; throws {@link Invalid} with the name of one that breaks a rule. */
    static ExportRequest of(ServerRequest request) {
        Parameters given = Parameters.of(request, KNOWN);
        long from = index("from", given, 0);
        long to = index("to", given, Long.MAX_VALUE);
        Invalid.unless(from <= to, "to", "must not be below from");
        return new ExportRequest(format(given), from, to);
    }

    /** Whether a checkpoint of so many entries can stand behind those that are asked for. */
    boolean takesCheckpointOf(long size) {
        return format == ExportFormat.NDJSON && size > 0 && from <= size && size <= to;
    }

    private static ExportFormat format(Parameters given) {
        return ExportFormat.of("format", given.text("format").orElse("ndjson"));
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
