package dev.sallyport.api.bench;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jwt.JWTClaimsSet;
import dev.sallyport.core.Hash;
import dev.sallyport.core.Uuids;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.UUID;

/** The bare program's one servlet: {@code POST} issues a token, {@code GET} shows the key. */
final class BareServlet extends HttpServlet {

    private static final long serialVersionUID = 1L;

    private final transient BareTokens tokens;
    private final transient IssuedTokens issued;
    private final transient InstantSource clock;
    private final transient Uuids ids;

    BareServlet(BareTokens tokens, IssuedTokens issued, InstantSource clock) {
        this.tokens = tokens;
        this.issued = issued;
        this.clock = clock;
        this.ids = new Uuids(clock);
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        answer(response, 200, tokens.jwks());
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String assertion = request.getParameter("assertion");
        String resource = request.getParameter("resource");
        String scope = request.getParameter("scope");
        if (assertion == null || resource == null || scope == null) {
            answer(response, 400, "{\"error\":\"invalid_request\"}");
            return;
        }
        try {
            Instant now = clock.instant();
            JWTClaimsSet proof = tokens.verified(assertion, now);
            if (proof == null) {
                answer(response, 400, "{\"error\":\"invalid_grant\"}");
            } else {
                issue(response, proof, resource, scope, now);
            }
        } catch (ParseException | JOSEException e) {
            answer(response, 400, "{\"error\":\"invalid_grant\"}");
        }
    }

    private void issue(HttpServletResponse response, JWTClaimsSet proof, String resource, String scope, Instant now)
            throws IOException, JOSEException {
        UUID jti = ids.get();
        String token = tokens.mint(proof, resource, scope, jti, now);
        issued.add(new IssuedTokens.Row(
                jti,
                Objects.requireNonNull(proof.getSubject()),
                resource,
                Hash.hex(Hash.sha256(token.getBytes(StandardCharsets.US_ASCII))),
                now.plusSeconds(BareTokens.LIFETIME_SECONDS).toString()));
        answer(
                response,
                200,
                "{\"access_token\":\"" + token + "\",\"expires_in\":" + BareTokens.LIFETIME_SECONDS + ",\"scope\":\""
                        + scope + "\",\"token_type\":\"Bearer\"}");
    }

    private static void answer(HttpServletResponse response, int status, String json) throws IOException {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        response.setStatus(status);
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("Pragma", "no-cache");
        response.setContentType("application/json");
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }
}
