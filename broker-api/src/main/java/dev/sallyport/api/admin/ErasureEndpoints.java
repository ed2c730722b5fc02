package dev.sallyport.api.admin;

import dev.sallyport.api.document.Documents;
import dev.sallyport.api.security.Caller;
import dev.sallyport.api.web.Parameters;
import dev.sallyport.core.Invalid;
import dev.sallyport.store.Erasures;
import dev.sallyport.store.Erasures.ByDecision;
import dev.sallyport.store.Erasures.ByIndex;
import dev.sallyport.store.Erasures.ByToken;
import dev.sallyport.store.Erasures.Erased;
import dev.sallyport.store.Erasures.Subject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/** Erases what the log says of callers, and leaves every proof valid. */
final class ErasureEndpoints {

    private static final int MAX_BODY = 128 * 1024;
    private static final int MAX_ENTRIES = 1_000;
    private static final int MAX_REASON = 500;

    private final Erasures erasures;

    ErasureEndpoints(Erasures erasures) {
        this.erasures = erasures;
    }

    RouterFunction<ServerResponse> routes() {
        return RouterFunctions.route()
                .POST("/v1/erasures", this::erase)
                .filter(Caller.with(Scopes.SYSTEM_WRITE))
                .build();
    }

    /** What is sent. An index is whatever stands there, so that no number is rounded to another one. */
    private record Order(
            @Nullable List<@Nullable Name> entries,
            @Nullable String reason) {}

    private record Name(
            @Nullable Object index,
            @Nullable String jti,
            @Nullable String decisionId) {}

    private ServerResponse erase(ServerRequest request) throws IOException {
        Parameters.of(request, Set.of());
        Body body = Body.of(request, MAX_BODY);
        Order order = Documents.readRequest(body.bytes(), body.format(), Order.class);
        String reason = order.reason();
        if (reason == null || reason.isBlank() || reason.length() > MAX_REASON) {
            throw new Invalid("reason", "must be 1 to " + MAX_REASON + " characters");
        }
        return answer(erasures.erase(
                subjects(order.entries()), reason, Caller.of(request).author()));
    }

    private static List<Subject> subjects(@Nullable List<@Nullable Name> names) {
        if (names == null || names.isEmpty() || names.size() > MAX_ENTRIES) {
            throw new Invalid("entries", "must be 1 to " + MAX_ENTRIES);
        }
        List<Subject> subjects = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            subjects.add(subject("entries[" + i + "]", names.get(i)));
        }
        return subjects;
    }

    private static Subject subject(String field, @Nullable Name name) {
        return switch (name) {
            case Name(Integer index, var jti, var decision)
            when jti == null && decision == null && index >= 0 -> new ByIndex((long) index);
            case Name(Long index, var jti, var decision)
            when jti == null && decision == null && index >= 0 -> new ByIndex(index);
            case Name(var index, var jti, var decision)
            when index == null && jti != null && decision == null -> new ByToken(uuid(field + ".jti", jti));
            case Name(var index, var jti, var decision)
            when index == null && jti == null && decision != null ->
                new ByDecision(uuid(field + ".decisionId", decision));
            case null, default ->
                throw new Invalid(field, "must have one of index (a whole number from 0), jti and decisionId");
        };
    }

    private static UUID uuid(String field, String text) {
        return Parameters.uuid(text).orElseThrow(() -> new Invalid(field, "must be a UUID"));
    }

    private static ServerResponse answer(Erased erased) {
        Map<String, Object> body = new LinkedHashMap<>();
        if (erased.erasure() != null) {
            body.put("index", erased.erasure());
        }
        body.put(
                "erased",
                erased.entries().entrySet().stream()
                        .map(each -> Map.of("index", each.getKey(), "erasure", each.getValue()))
                        .toList());
        return ServerResponse.ok().cacheControl(CacheControl.noStore()).body(body);
    }
}
