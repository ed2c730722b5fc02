package dev.sallyport.api.token;

import dev.sallyport.core.Broker;
import dev.sallyport.core.CanonicalJson;
import dev.sallyport.core.Outcome;
import dev.sallyport.core.Refusal;
import dev.sallyport.core.TokenRequest;
import dev.sallyport.core.policy.McpTool;
import dev.sallyport.core.token.MintedToken;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code POST /oauth2/token}: reads the form, asks the broker, writes the answer.
 *
 * <p>A plain servlet beside the security chain and MVC, since this is the hot path; so it refuses odd methods, paths, types
 * and sizes itself. The body is at most {@value #MAX_BODY} bytes.
 */
public final class TokenEndpoint extends HttpServlet {

    /** Where it is mapped. */
    public static final String PATH = "/oauth2/token";

    private static final long serialVersionUID = 1L;
    private static final int MAX_BODY = 64 * 1024;

    private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9-]{0,31}");

    private static final Logger LOG = LoggerFactory.getLogger(TokenEndpoint.class);

    private final transient Broker broker;
    private final transient TokenObserver observer;

    public TokenEndpoint(Broker broker, TokenObserver observer) {
        this.broker = broker;
        this.observer = observer;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        long started = System.nanoTime();
        if (!request.getRequestURI().equals(PATH)) {
            response.setStatus(404);
        } else if (!request.getMethod().equals("POST")) {
            response.setHeader("Allow", "POST");
            observer.refused(new Refusal.Malformed("method", ""), System.nanoTime() - started);
            refuse(response, 405, "invalid_request", "the token endpoint takes POST only");
        } else if (request.getHeader("Authorization") != null) {
            observer.refused(new Refusal.Malformed("Authorization", ""), System.nanoTime() - started);
            challenge(response, request.getHeader("Authorization"));
        } else {
            switch (form(request)) {
                case TokenForm.Unclear(var refusal) -> {
                    observer.refused(refusal, System.nanoTime() - started);
                    refuse(response, refusal, Door.JWT_BEARER, "");
                }
                case TokenForm.Asked(var door, var asked) -> exchange(response, door, asked, started);
            }
        }
    }

    /** A fault of ours is told as one, without a token: fail closed. */
    private void exchange(HttpServletResponse response, Door door, TokenRequest asked, long started)
            throws IOException {
        Outcome outcome;
        try {
            outcome = broker.exchange(asked);
        } catch (RuntimeException fault) {
            LOG.error("a token request failed", fault);
            observer.failed(System.nanoTime() - started);
            refuse(response, 500, "server_error", "the request could not be decided");
            return;
        }
        observe(outcome, System.nanoTime() - started);
        answer(response, door, outcome);
    }

    private void observe(Outcome outcome, long nanos) {
        switch (outcome) {
            case Outcome.Issued _ -> observer.issued(nanos);
            case Outcome.Refused(var _, var refusal) -> observer.refused(refusal, nanos);
        }
    }

    private static void answer(HttpServletResponse response, Door door, Outcome outcome) throws IOException {
        switch (outcome) {
            case Outcome.Issued(var _, var token) -> write(response, 200, body(door, token));
            case Outcome.Refused(var decisionId, var refusal) ->
                refuse(response, refusal, door, " (decision " + decisionId + ")");
        }
    }

    private static TokenForm form(HttpServletRequest request) throws IOException {
        if (request.getQueryString() != null) {
            return malformed("query", "parameters belong in the body, not in the URL");
        }
        if (!isForm(request.getContentType()) || request.getHeader("Content-Encoding") != null) {
            return malformed(
                    "Content-Type", "the body must be application/x-www-form-urlencoded, in UTF-8 and unencoded");
        }
        long declared = request.getContentLengthLong();
        byte[] body = new byte[declared < 0 ? MAX_BODY + 1 : (int) Math.min(declared, MAX_BODY + 1)];
        int length = declared > MAX_BODY ? body.length : read(request.getInputStream(), body);
        return length > MAX_BODY
                ? new TokenForm.Unclear(new Refusal.TooLarge("the body is larger than " + MAX_BODY + " bytes"))
                : TokenForm.read(body, length, request.getRemoteAddr());
    }

    private static int read(InputStream in, byte[] body) throws IOException {
        return in.readNBytes(body, 0, body.length);
    }

    private static boolean isForm(String contentType) {
        if (contentType == null) {
            return false;
        }
        String[] parts = contentType.toLowerCase(Locale.ROOT).split(";", 2);
        String parameters = parts.length == 1 ? "" : parts[1].replace("\"", "").strip();
        return parts[0].strip().equals("application/x-www-form-urlencoded")
                && (parameters.isEmpty() || parameters.equals("charset=utf-8"));
    }

    private static TokenForm malformed(String what, String problem) {
        return new TokenForm.Unclear(new Refusal.Malformed(what, problem));
    }

    private static Map<String, Object> body(Door door, MintedToken token) {
        Map<String, Object> body = new TreeMap<>();
        if (door == Door.TOKEN_EXCHANGE) {
            body.put("issued_token_type", Door.ACCESS_TOKEN_TYPE);
        }
        if (!token.tools().isEmpty()) {
            body.put(
                    "authorization_details",
                    token.tools().stream().map(McpTool::json).toList());
        }
        body.put("access_token", token.compact());
        body.put("token_type", "Bearer");
        body.put("expires_in", token.lifetime().toSeconds());
        body.put("scope", String.join(" ", token.actions()));
        return body;
    }

    /**
     * There is no secret that a client could authenticate with in a header: an attempt is answered with its own scheme, as
     * RFC 6749 section 5.2 demands.
     */
    private static void challenge(HttpServletResponse response, String authorization) throws IOException {
        String scheme = authorization.strip().split(" ", 2)[0];
        response.setHeader(
                "WWW-Authenticate", (SCHEME.matcher(scheme).matches() ? scheme : "Basic") + " realm=\"oauth2\"");
        refuse(response, 401, "invalid_client", "clients do not authenticate with the Authorization header here");
    }

    private static void refuse(HttpServletResponse response, Refusal refusal, Door door, String suffix)
            throws IOException {
        OAuthErrors.Answer answer = OAuthErrors.answer(refusal, door);
        if (answer.retryAfter() > 0) {
            response.setIntHeader("Retry-After", answer.retryAfter());
        }
        refuse(response, answer.status(), answer.error(), OAuthErrors.description(refusal) + suffix);
    }

    private static void refuse(HttpServletResponse response, int status, String error, String description)
            throws IOException {
        write(response, status, Map.of("error", error, "error_description", description));
    }

    private static void write(HttpServletResponse response, int status, Map<String, Object> body) throws IOException {
        byte[] json = CanonicalJson.text(body).getBytes(StandardCharsets.UTF_8);
        response.setStatus(status);
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("Pragma", "no-cache");
        response.setContentType("application/json");
        response.setContentLength(json.length);
        response.getOutputStream().write(json);
    }
}
