package dev.sallyport.api.admin;

import dev.sallyport.api.security.Caller;
import dev.sallyport.core.Excerpt;
import dev.sallyport.core.Journal;
import dev.sallyport.core.Reads;
import dev.sallyport.core.Reads.Question;
import dev.sallyport.core.Reads.Read;
import dev.sallyport.store.Author;
import java.time.InstantSource;
import java.util.Set;
import java.util.TreeMap;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.function.HandlerFilterFunction;
import org.springframework.web.servlet.function.HandlerFunction;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/**
 * Sees to it that the log tells of callers who were let in and then refused: who tried what, how often, and with which answer.
 *
 * <p>They are summed up by caller and minute, so that nobody can fill the log by what is refused.
 */
public final class RefusedCalls implements HandlerFilterFunction<ServerResponse, ServerResponse> {

    /** Not allowed, in use, overtaken, against a rule, and without saying what it replaces. */
    private static final Set<Integer> TOLD = Set.of(403, 409, 412, 422, 428);

    private static final int MAX_NAME = 100;

    private final Reads calls;
    private final Journal journal;
    private final String replica;

    public RefusedCalls(Journal journal, InstantSource clock, String replica) {
        this.calls = Reads.ofRefusedCalls(clock);
        this.journal = journal;
        this.replica = replica;
    }

    @Override
    public ServerResponse filter(ServerRequest request, HandlerFunction<ServerResponse> next) throws Exception {
        ServerResponse response = next.handle(request);
        int status = response.statusCode().value();
        if (TOLD.contains(status)) {
            Author caller = Caller.of(request).author();
            calls.count(new Read(caller.name(), caller.token(), question(request, status), 0));
        }
        return response;
    }

    /** Writes what it is time for; call it every second. */
    public void flush() {
        calls.flush(journal, replica);
    }

    /** Writes all: at the end. */
    public void flushAll() {
        calls.flushAll(journal, replica);
    }

    private static Question question(ServerRequest request, int status) {
        String pattern = request.attribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE)
                .map(Object::toString)
                .orElse("");
        StringBuilder query = new StringBuilder("status=").append(status);
        new TreeMap<>(request.pathVariables())
                .forEach((variable, value) ->
                        query.append('&').append(variable).append('=').append(Excerpt.of(value, MAX_NAME)));
        return new Question(request.method() + " " + pattern, query.toString());
    }
}
