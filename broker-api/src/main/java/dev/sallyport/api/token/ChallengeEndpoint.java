package dev.sallyport.api.token;

import dev.sallyport.core.Unavailable;
import dev.sallyport.core.possession.Challenges;
import dev.sallyport.core.possession.DpopVerifier;
import dev.sallyport.core.possession.KeyProof;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * {@code POST /oauth2/challenge}: a challenge for evidence that can carry one, good for the key that the caller proves by DPoP.
 *
 * <p>Nothing is stored for it, and no body is read.
 */
public final class ChallengeEndpoint extends HttpServlet {

    /** Where it is mapped. */
    public static final String PATH = "/oauth2/challenge";

    private static final long serialVersionUID = 1L;

    private final transient DpopVerifier dpop;
    private final transient Challenges challenges;
    private final transient Supplier<UUID> ids;
    private final String url;

    /**
     * Makes the endpoint.
     *
     * @param issuer the broker's own, under which the endpoint is known
     */
    public ChallengeEndpoint(String issuer, DpopVerifier dpop, Challenges challenges, Supplier<UUID> ids) {
        this.url = issuer + PATH;
        this.dpop = dpop;
        this.challenges = challenges;
        this.ids = ids;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (!request.getRequestURI().equals(PATH)) {
            response.setStatus(404);
        } else if (!request.getMethod().equals("POST")) {
            response.setHeader("Allow", "POST");
            OAuthAnswer.refusal(response, 405, "invalid_request", "this endpoint takes POST only");
        } else {
            response.setHeader("DPoP-Nonce", dpop.nonce());
            answer(request, response);
        }
    }

    private void answer(HttpServletRequest request, HttpServletResponse response) throws IOException {
        KeyProof proof = dpop.verify(
                Collections.list(request.getHeaders(DpopVerifier.HEADER)), new DpopVerifier.Use("POST", url, null));
        switch (proof) {
            case KeyProof.Bad(var detail) -> refuse(response, "invalid_dpop_proof", detail);
            case KeyProof.NonceWanted(var detail) -> refuse(response, "use_dpop_nonce", detail);
            case KeyProof.None _ ->
                refuse(response, "invalid_dpop_proof", "a challenge is for a key: it needs a DPoP proof");
            case KeyProof.Held held -> answer(held, response);
        }
    }

    private void answer(KeyProof.Held held, HttpServletResponse response) throws IOException {
        try {
            if (!held.spend(ids.get())) {
                refuse(response, "invalid_dpop_proof", "the DPoP proof has been used before");
                return;
            }
            OAuthAnswer.json(
                    response,
                    200,
                    Map.of("challenge", challenges.fresh(held.jkt()), "expires_in", Challenges.LIFETIME.toSeconds()));
        } catch (Unavailable broken) {
            response.setIntHeader("Retry-After", 1);
            OAuthAnswer.refusal(response, 503, "temporarily_unavailable", "what this needs is out of reach now");
        }
    }

    private static void refuse(HttpServletResponse response, String error, String detail) throws IOException {
        OAuthAnswer.refusal(response, 400, error, detail);
    }
}
