package dev.sallyport.api.admin;

import dev.sallyport.api.admin.Revisions.Revised;
import dev.sallyport.api.document.Documents;
import dev.sallyport.api.security.Caller;
import dev.sallyport.api.state.DocumentSet;
import dev.sallyport.api.web.Cursor;
import dev.sallyport.api.web.Parameters;
import dev.sallyport.api.web.Problem;
import dev.sallyport.core.Configuration;
import dev.sallyport.core.Invalid;
import dev.sallyport.store.PostgresStore;
import dev.sallyport.store.StoredRevisions;
import dev.sallyport.store.StoredRevisions.Revision;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/** The revisions that there have been: what was in force, what came between two of them, and the way back to one. */
final class RevisionEndpoints {

    private static final String LIST = "/v1/revisions";
    private static final String ONE = LIST + "/{number}";
    private static final int PAGE = 100;
    private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,17}");

    private final PostgresStore store;
    private final StoredRevisions past;
    private final Revisions revisions;

    RevisionEndpoints(PostgresStore store, Revisions revisions) {
        this.store = store;
        this.past = store.revisions();
        this.revisions = revisions;
    }

    RouterFunction<ServerResponse> routes() {
        RouterFunction<ServerResponse> reading = RouterFunctions.route()
                .GET(LIST, this::list)
                .GET(ONE, this::get)
                .GET(ONE + "/diff", this::diff)
                .filter((request, next) -> {
                    Caller.of(request).requireAll(List.of(Scopes.DIRECTORY_READ, Scopes.POLICY_READ));
                    return next.handle(request);
                })
                .build();
        RouterFunction<ServerResponse> writing = RouterFunctions.route()
                .POST(ONE + "/rollback", this::rollBack)
                .filter(Caller.with(Scopes.DIRECTORY_WRITE, Scopes.POLICY_WRITE, Scopes.SYSTEM_WRITE))
                .build();
        return reading.and(writing);
    }

    private ServerResponse list(ServerRequest request) {
        Parameters given = Parameters.of(request, Set.of("limit", "cursor"));
        int limit = given.limit(PAGE);
        List<Revision> found = past.below(Cursor.index(given, "revisions"), limit + 1);
        List<Revision> page = found.subList(0, Math.min(limit, found.size()));
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("items", page.stream().map(RevisionEndpoints::shown).toList());
        if (found.size() > limit) {
            body.put(
                    "next",
                    Cursor.encode("revisions", Long.toString(page.getLast().number())));
        }
        return answer(body);
    }

    private ServerResponse get(ServerRequest request) {
        Parameters.of(request, Set.of());
        Revision revision = named(request);
        Map<String, Object> body = shown(revision);
        body.put("configuration", Documents.fields(configuration(revision)));
        return answer(body);
    }

    private ServerResponse diff(ServerRequest request) {
        Optional<String> asked = Parameters.of(request, Set.of("to")).text("to");
        Revision from = named(request);
        Revision to = (asked.isPresent() ? find(asked.get()) : newest())
                .orElseThrow(() -> new Invalid("to", "must be the number of a revision"));
        List<Change> changes = Change.between(configuration(from), configuration(to));
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("from", from.number());
        body.put("to", to.number());
        body.put("changes", changes.stream().map(Change::shown).toList());
        return answer(body);
    }

    private ServerResponse rollBack(ServerRequest request) {
        Mode mode = Mode.ofPolicies(request);
        Revision revision = named(request);
        Rollback rollback = new Rollback(revision.number(), configuration(revision), Preconditions.of(request));
        Revised revised = revisions.revise(Caller.of(request), mode, rollback);
        return ServerResponse.ok()
                .cacheControl(CacheControl.noStore())
                .header(HttpHeaders.ETAG, Preconditions.tag(revised.documents().revision()))
                .body(ChangeSet.of(revised, mode.dryRun()));
    }

    /** Wants the documents of an earlier revision back. */
    private record Rollback(long to, Configuration wanted, Preconditions preconditions) implements Revisions.Edit {

        @Override
        public Configuration of(DocumentSet documents) {
            preconditions.check(OptionalLong.of(documents.revision()));
            return wanted;
        }

        /** The caller sent no document, so that there is no field to point at. */
        @Override
        public Invalid complaint(Invalid invalid, DocumentSet documents) {
            return new Invalid("", "revision " + to + " can't be restored: " + invalid.getMessage());
        }
    }

    private Revision named(ServerRequest request) {
        return find(request.pathVariable("number"))
                .orElseThrow(() -> new Problem(404, "not-found", "there is no such revision"));
    }

    private Optional<Revision> find(String number) {
        return NUMBER.matcher(number).matches() ? past.find(Long.parseLong(number)) : Optional.empty();
    }

    private Optional<Revision> newest() {
        return past.below(Long.MAX_VALUE, 1).stream().findFirst();
    }

    private Configuration configuration(Revision revision) {
        long number = revision.number();
        return DocumentSet.of(number, store.documents(number)).configuration();
    }

    private static Map<String, Object> shown(Revision revision) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("number", revision.number());
        shown.put("created", revision.created().toString());
        shown.put("author", revision.author());
        return shown;
    }

    private static ServerResponse answer(Map<String, Object> body) {
        return ServerResponse.ok().cacheControl(CacheControl.noStore()).body(body);
    }
}
