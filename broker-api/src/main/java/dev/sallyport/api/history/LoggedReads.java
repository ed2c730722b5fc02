package dev.sallyport.api.history;

import dev.sallyport.api.security.Caller;
import dev.sallyport.api.web.Parameters;
import dev.sallyport.api.web.Problem;
import dev.sallyport.core.Excerpt;
import dev.sallyport.core.Journal;
import dev.sallyport.core.Reads;
import dev.sallyport.core.Reads.Question;
import dev.sallyport.core.Reads.Read;
import dev.sallyport.core.log.Entry;
import dev.sallyport.store.Author;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeMap;
import org.springframework.http.HttpMethod;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.function.EntityResponse;
import org.springframework.web.servlet.function.HandlerFilterFunction;
import org.springframework.web.servlet.function.HandlerFunction;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/**
 * Sees to it that whoever reads the history, or the documents, stands in it: questions are counted, an export has an entry of its own before its
 * first byte leaves.
 *
 * <p>A request whose parameters break a rule reads nothing, and is not counted.
 */
public final class LoggedReads implements HandlerFilterFunction<ServerResponse, ServerResponse> {

    /** Their values are names of documents and words of ours; of other parameters only the name is told. */
    private static final Set<String> TOLD =
            Set.of("agent", "target", "provider", "outcome", "reason", "type", "from", "to", "raw", "by");

    /** Pages of one list are one question. */
    private static final Set<String> PAGING = Set.of("limit", "cursor");

    /** The variable of a path that names a document. */
    private static final String NAME = "name";

    private static final int MAX_VALUE = 100;

    private final Reads reads;
    private final Journal journal;
    private final InstantSource clock;
    private final String replica;

    public LoggedReads(Reads reads, Journal journal, InstantSource clock, String replica) {
        this.reads = reads;
        this.journal = journal;
        this.clock = clock;
        this.replica = replica;
    }

    @Override
    public ServerResponse filter(ServerRequest request, HandlerFunction<ServerResponse> next) throws Exception {
        Author reader = Caller.of(request).author();
        try {
            ServerResponse response = next.handle(request);
            String size = response.headers().getFirst(EventExport.SIZE_HEADER);
            if (size == null) {
                count(reader, request, entries(response));
            } else {
                export(reader, request, Long.parseLong(size));
            }
            return response;
        } catch (Problem problem) {
            if (problem.status() == 404) {
                count(reader, request, 0);
            }
            throw problem;
        }
    }

    /** The same for routes that also write: only what reads is counted. */
    public HandlerFilterFunction<ServerResponse, ServerResponse> ofReads() {
        return (request, next) ->
                request.method().equals(HttpMethod.GET) ? filter(request, next) : next.handle(request);
    }

    private void count(Author reader, ServerRequest request, long entries) {
        reads.count(new Read(reader.name(), reader.token(), question(request), entries));
    }

    /** It is written out only after this returns. */
    private void export(Author reader, ServerRequest request, long size) {
        ExportRequest asked = ExportRequest.of(request);
        Map<String, Object> detail = new TreeMap<>();
        detail.put("author", reader.name());
        if (reader.token() != null) {
            detail.put("token", reader.token().toString());
        }
        detail.put("format", request.param("format").orElse("ndjson"));
        detail.put("from", asked.from());
        detail.put("to", Math.min(asked.to(), size));
        detail.put("replica", replica);
        long _ = journal.write(new Entry(clock.instant(), "export", "started", null, detail));
    }

    private static long entries(ServerResponse response) {
        return response instanceof EntityResponse<?> answer
                        && answer.entity() instanceof Map<?, ?> body
                        && body.get("items") instanceof Collection<?> items
                ? items.size()
                : 1;
    }

    private static String told(String name, String value) {
        return name + "=" + Excerpt.of(value, MAX_VALUE);
    }

    private static Question question(ServerRequest request) {
        String pattern = request.attribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE)
                .map(Object::toString)
                .orElse("");
        StringJoiner query = new StringJoiner("&");
        request.pathVariables()
                .forEach((variable, value) -> Parameters.uuid(request, variable)
                        .ifPresentOrElse(
                                id -> query.add(variable + "=" + id),
                                () -> query.add(variable.equals(NAME) ? told(variable, value) : variable)));
        new TreeMap<>(request.params().toSingleValueMap()).forEach((name, value) -> {
            if (TOLD.contains(name)) {
                query.add(told(name, value));
            } else if (!PAGING.contains(name)) {
                query.add(name);
            }
        });
        return new Question(pattern, query.toString());
    }
}
