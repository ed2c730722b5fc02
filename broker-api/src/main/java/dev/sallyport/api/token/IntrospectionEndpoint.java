package dev.sallyport.api.token;

import dev.sallyport.api.live.IntrospectionSigner;
import dev.sallyport.api.peer.Peers;
import dev.sallyport.api.security.Caller;
import dev.sallyport.api.state.LiveState;
import dev.sallyport.api.token.FormBody.BadForm;
import dev.sallyport.core.Invalid;
import dev.sallyport.core.attest.Evidence;
import dev.sallyport.core.live.Askers;
import dev.sallyport.core.live.Askers.Asker;
import dev.sallyport.core.live.LiveTokens;
import dev.sallyport.core.live.Standing.Live;
import dev.sallyport.core.token.InspectedToken;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * {@code POST /oauth2/introspect}: whether a token may be used now (RFC 7662), signed where that is asked for (RFC 9701).
 *
 * <p>Who asks shows an access token for the broker's own API, or the evidence of its platform as {@code client_assertion}. It
 * sees the tokens of the targets that list it as a server, or all of them by the action {@code introspect}. Of others it
 * learns nothing: they are not active.
 */
public final class IntrospectionEndpoint extends FormEndpoint {

    /** Where it is mapped. */
    public static final String PATH = "/oauth2/introspect";

    private static final long serialVersionUID = 1L;
    private static final String SIGNED = "application/token-introspection+jwt";
    private static final Map<String, Object> INACTIVE = Map.of("active", false);

    private final transient LiveState state;
    private final transient LiveTokens tokens;
    private final transient Askers askers;
    private final transient Peers peers;
    private final transient IntrospectionSigner signer;

    public IntrospectionEndpoint(
            LiveState state, LiveTokens tokens, Askers askers, Peers peers, IntrospectionSigner signer) {
        super(PATH);
        this.peers = peers;
        this.state = state;
        this.tokens = tokens;
        this.askers = askers;
        this.signer = signer;
    }

    @Override
    void answer(FormBody form, HttpServletRequest request, HttpServletResponse response) throws IOException {
        String token = form.required("token");
        Optional<Asker> asker = asker(form, request);
        if (asker.isEmpty()) {
            OAuthAnswer.refusal(
                    response,
                    401,
                    "invalid_client",
                    "show a token for this broker's API, or evidence as client_assertion");
            return;
        }
        Map<String, Object> answer = answer(token, asker.get());
        if (wantsSigned(request)) {
            OAuthAnswer.write(
                    response,
                    200,
                    SIGNED,
                    signer.sign(state.loaded(), asker.get().agent(), answer));
        } else {
            OAuthAnswer.json(response, 200, answer);
        }
    }

    private Optional<Asker> asker(FormBody form, HttpServletRequest request) {
        Optional<Caller> caller = Caller.current();
        if (caller.isPresent()) {
            return caller.map(each -> new Asker(each.agent(), each.may(Askers.INTROSPECT)));
        }
        if (form.optional(Door.CLIENT_CREDENTIALS.parameter()) == null) {
            return Optional.empty();
        }
        Evidence evidence = Door.CLIENT_CREDENTIALS.evidence(form);
        return askers.of(evidence, form.optional("client_id"), ip(request));
    }

    private String ip(HttpServletRequest request) {
        try {
            return peers.of(request).ip();
        } catch (Invalid e) {
            throw new BadForm(e.field(), e.field() + ": " + e.reason());
        }
    }

    private Map<String, Object> answer(String compact, Asker asker) {
        Optional<InspectedToken> token = state.loaded().verifier().inspect(compact);
        return token.isPresent() && tokens.of(token.get(), compact) instanceof Live(var target) && asker.maySee(target)
                ? active(token.get())
                : INACTIVE;
    }

    /** The token's own claims, which the asker could read from it, and that it may be used. */
    private static Map<String, Object> active(InspectedToken token) {
        Map<String, Object> answer = new TreeMap<>(token.claims());
        answer.put("active", true);
        answer.put("token_type", token.bound().jkt() == null ? "Bearer" : "DPoP");
        return answer;
    }

    private static boolean wantsSigned(HttpServletRequest request) {
        String accept = request.getHeader("Accept");
        return accept != null && accept.contains(SIGNED);
    }
}
