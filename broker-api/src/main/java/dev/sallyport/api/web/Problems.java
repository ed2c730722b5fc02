package dev.sallyport.api.web;

import dev.sallyport.core.Invalid;
import dev.sallyport.core.Unavailable;
import dev.sallyport.store.Archived;
import dev.sallyport.store.Lost;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.function.HandlerFilterFunction;
import org.springframework.web.servlet.function.HandlerFunction;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/** Answers errors of the admin API and the public log as problem documents (RFC 9457): one place for all of them. */
public final class Problems implements HandlerFilterFunction<ServerResponse, ServerResponse> {

    private static final Logger LOG = LoggerFactory.getLogger(Problems.class);

    /** One step of a field's path: {@code agents}, {@code [2]}. */
    private static final Pattern STEP = Pattern.compile("\\[(\\d+)]|\\.");

    @Override
    public ServerResponse filter(ServerRequest request, HandlerFunction<ServerResponse> next) throws Exception {
        try {
            return next.handle(request);
        } catch (Problem problem) {
            return answer(problem);
        } catch (Invalid invalid) {
            return answer(problem(invalid, request.method().equals(HttpMethod.GET) ? 400 : 422));
        } catch (Archived archived) {
            return answer(archived(archived.first()));
        } catch (Lost lost) {
            LOG.error("{}", lost.getMessage());
            return answer(new Problem(500, "lost", String.valueOf(lost.getMessage()), Map.of("index", lost.index())));
        } catch (Unavailable broken) {
            LOG.warn("a request found something out of reach: {}", broken.what(), broken.getCause());
            return answer(unavailable(broken));
        } catch (RuntimeException fault) {
            LOG.error("an admin request failed", fault);
            return answer(new Problem(500, "fault", "the request could not be carried out"));
        }
    }

    /** Something that the broker needs is out of reach. */
    public static Problem unavailable(Unavailable broken) {
        return new Problem(
                503, "unavailable", broken.what() + " can't be reached now", Map.of(), Map.of("Retry-After", "1"));
    }

    /** What is asked for lies before the first entry that is still here. */
    public static Problem archived(long first) {
        return new Problem(
                410, "archived", "the entries before " + first + " have been archived", Map.of("first", first));
    }

    /** What is wrong with a field, which is named twice: as people write it and as RFC 6901 does. */
    static Problem problem(Invalid invalid, int status) {
        Map<String, Object> more = new LinkedHashMap<>();
        more.put("field", invalid.field());
        more.put("pointer", pointer(invalid.field()));
        more.put("reason", invalid.reason());
        if (invalid.line() > 0) {
            more.put("line", invalid.line());
            more.put("column", invalid.column());
        }
        String field = invalid.field().isEmpty() ? "" : invalid.field() + ": ";
        return new Problem(status, "invalid", field + invalid.reason(), more);
    }

    /** {@code agents[2].kind} as a JSON Pointer: {@code /agents/2/kind}. */
    static String pointer(String field) {
        if (field.isEmpty()) {
            return "";
        }
        String escaped = field.replace("~", "~0").replace("/", "~1");
        return "/" + STEP.matcher(escaped).replaceAll(step -> step.group(1) == null ? "/" : "/" + step.group(1));
    }

    private static ServerResponse answer(Problem problem) {
        return ServerResponse.status(problem.status())
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .cacheControl(CacheControl.noStore())
                .headers(headers -> problem.headers().forEach(headers::set))
                .body(problem.document());
    }
}
