package dev.sallyport.api.token;

import dev.sallyport.api.peer.Peer;
import dev.sallyport.api.peer.Peers;
import dev.sallyport.core.Broker;
import dev.sallyport.core.Invalid;
import dev.sallyport.core.Outcome;
import dev.sallyport.core.Refusal;
import dev.sallyport.core.TokenRequest;
import dev.sallyport.core.attest.DocumentEvidence;
import dev.sallyport.core.attest.Evidence;
import dev.sallyport.core.policy.McpTool;
import dev.sallyport.core.possession.DpopVerifier;
import dev.sallyport.core.possession.DpopVerifier.Use;
import dev.sallyport.core.possession.KeyProof;
import dev.sallyport.core.possession.Possession;
import dev.sallyport.core.token.MintedToken;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code POST /oauth2/token}: reads the form, asks the broker, writes the answer.
 *
 * <p>A plain servlet beside the security chain and MVC, since this is the hot path; so it refuses odd methods, paths, types
 * and sizes itself.
 */
public final class TokenEndpoint extends HttpServlet {

    /** Where it is mapped. */
    public static final String PATH = "/oauth2/token";

    private static final long serialVersionUID = 1L;

    private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9-]{0,31}");

    private static final Logger LOG = LoggerFactory.getLogger(TokenEndpoint.class);

    private final transient Broker broker;
    private final transient Peers peers;
    private final transient DpopVerifier dpop;
    private final transient TokenObserver observer;
    private final String url;

    /**
     * Makes the endpoint.
     *
     * @param issuer the broker's own, under which the endpoint is known: what DPoP proofs have to be for
     */
    public TokenEndpoint(String issuer, Broker broker, Peers peers, DpopVerifier dpop, TokenObserver observer) {
        this.url = issuer + PATH;
        this.broker = broker;
        this.peers = peers;
        this.dpop = dpop;
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
            OAuthAnswer.refusal(response, 405, "invalid_request", "the token endpoint takes POST only");
        } else if (request.getHeader("Authorization") != null) {
            observer.refused(new Refusal.Malformed("Authorization", ""), System.nanoTime() - started);
            challenge(response, request.getHeader("Authorization"));
        } else {
            if (request.getHeader(DpopVerifier.HEADER) != null) {
                response.setHeader("DPoP-Nonce", dpop.nonce());
            }
            switch (asked(request)) {
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
            OAuthAnswer.refusal(response, 500, "server_error", "the request could not be decided");
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
            case Outcome.Issued(var _, var token) -> OAuthAnswer.json(response, 200, body(door, token));
            case Outcome.Refused(var decisionId, var refusal) ->
                refuse(response, refusal, door, " (decision " + decisionId + ")");
        }
    }

    private TokenForm asked(HttpServletRequest request) throws IOException {
        Peer peer;
        try {
            peer = peers.of(request);
        } catch (Invalid e) {
            return malformed(e.field(), e.field() + ": " + e.reason());
        }
        return switch (TokenForm.read(request, peer.ip())) {
            case TokenForm.Unclear unclear -> unclear;
            case TokenForm.Asked(var door, var asked) -> {
                KeyProof key = dpop.verify(
                        Collections.list(request.getHeaders(DpopVerifier.HEADER)), new Use("POST", url, null));
                Refusal keyless = keyless(asked.evidence(), key);
                yield keyless == null
                        ? new TokenForm.Asked(door, asked.with(new Possession(key, peer.certificate())))
                        : new TokenForm.Unclear(keyless);
            }
        };
    }

    /** A document that anybody could have copied is looked at only beside a good proof; a token needs none here. */
    private static @Nullable Refusal keyless(Evidence evidence, KeyProof key) {
        return switch (key) {
            case KeyProof.Held _ -> null;
            case KeyProof.Bad _, KeyProof.NonceWanted _, KeyProof.None _
            when !(evidence instanceof DocumentEvidence) -> null;
            case KeyProof.Bad(var detail) -> new Refusal.ProofRefused(detail);
            case KeyProof.NonceWanted(var detail) -> new Refusal.NonceWanted(detail);
            case KeyProof.None _ -> new Refusal.ProofRefused("evidence of this type needs a DPoP proof");
        };
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
        body.put("token_type", token.type());
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
        OAuthAnswer.refusal(
                response, 401, "invalid_client", "clients do not authenticate with the Authorization header here");
    }

    private static void refuse(HttpServletResponse response, Refusal refusal, Door door, String suffix)
            throws IOException {
        OAuthErrors.Answer answer = OAuthErrors.answer(refusal, door);
        if (answer.retryAfter() > 0) {
            response.setIntHeader("Retry-After", answer.retryAfter());
        }
        OAuthAnswer.refusal(response, answer.status(), answer.error(), OAuthErrors.description(refusal) + suffix);
    }
}
