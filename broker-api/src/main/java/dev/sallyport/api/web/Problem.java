package dev.sallyport.api.web;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.http.HttpStatus;

/**
 * An error answer of the admin API or the public log (RFC 9457).
 *
 * <p>Thrown by whoever finds it, and turned into {@code application/problem+json} by {@link Problems}.
 */
public final class Problem extends RuntimeException {

    private static final String TYPES = "https://sallyport.dev/problems/";
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String code;
    private final transient Map<String, Object> more;
    private final transient Map<String, String> headers;

    /**
     * Describes what is wrong.
     *
     * @param status the HTTP status
     * @param code a stable word for it: the last part of the problem's {@code type}
     * @param detail what is wrong, in words for the caller
     * @param more further members
     * @param headers headers of the answer
     */
    public Problem(int status, String code, String detail, Map<String, Object> more, Map<String, String> headers) {
        super(detail, null, false, false);
        this.status = status;
        this.code = code;
        this.more = new TreeMap<>(more);
        this.headers = Map.copyOf(headers);
    }

    public Problem(int status, String code, String detail, Map<String, Object> more) {
        this(status, code, detail, more, Map.of());
    }

    public Problem(int status, String code, String detail) {
        this(status, code, detail, Map.of());
    }

    public int status() {
        return status;
    }

    public Map<String, String> headers() {
        return headers;
    }

    /** The problem document: {@code type}, {@code title}, {@code status}, {@code detail} and the further members. */
    public Map<String, Object> document() {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("type", TYPES + code);
        document.put("title", HttpStatus.valueOf(status).getReasonPhrase());
        document.put("status", status);
        document.put("detail", String.valueOf(getMessage()));
        document.putAll(more);
        return document;
    }
}
