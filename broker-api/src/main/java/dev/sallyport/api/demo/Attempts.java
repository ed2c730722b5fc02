package dev.sallyport.api.demo;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.util.JSONObjectUtils;
import com.nimbusds.jwt.SignedJWT;
import dev.sallyport.api.demo.Calls.Answer;
import java.io.IOException;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Asks for tokens, checks each answer, and remembers it until the history is compared with it. */
final class Attempts {

    private final Narrator narrator;
    private final Calls calls;
    private final List<Attempt> made = new ArrayList<>();

    Attempts(Narrator narrator, Calls calls) {
        this.narrator = narrator;
        this.calls = calls;
    }

    /**
     * An answer that the log must hold.
     *
     * @param agent who asked; null where nobody is known by the evidence
     * @param id of the token, or of the decision to refuse it
     */
    record Attempt(@Nullable String agent, String outcome, String id) {}

    /** The token and what it says, verified with the broker's published keys. */
    record Token(String compact, Map<String, Object> claims, long seconds) {}

    /** What is asked, and by whom. */
    record Ask(@Nullable String agent, String evidence, String resource, String scope) {}

    Token issued(Ask ask) throws IOException, InterruptedException {
        Answer answer = calls.exchange(ask.evidence, ask.resource, ask.scope);
        Story.check(answer.status() == 200, "a token was expected, but the answer was " + answer.body());
        String compact = answer.text("access_token");
        Map<String, Object> claims = verified(compact);
        Story.check(ask.resource.equals(claims.get("aud")), "the token is for " + claims.get("aud"));
        Story.check(ask.scope.equals(claims.get("scope")), "the scope is " + claims.get("scope"));
        made.add(new Attempt(ask.agent, "issued", String.valueOf(claims.get("jti"))));
        return new Token(compact, claims, Long.parseLong(answer.text("expires_in")));
    }

    void refused(Ask ask, String expected) throws IOException, InterruptedException {
        Answer answer = calls.exchange(ask.evidence, ask.resource, ask.scope);
        String description = answer.text("error_description");
        narrator.code(answer.status() + " " + answer.text("error") + ": "
                + description.split(" \\(decision ", 2)[0]);
        Story.check(answer.status() == 400, "400 was expected");
        Story.check(expected.equals(answer.body().get("error")), expected + " was expected");
        // Who proves nothing is counted, not logged one by one: there is no such entry to look for.
        if (!expected.equals("invalid_grant")) {
            made.add(new Attempt(ask.agent, "refused", decisionId(description)));
        }
    }

    List<Attempt> made() {
        return List.copyOf(made);
    }

    private Map<String, Object> verified(String token) throws IOException, InterruptedException {
        String jwks = JSONObjectUtils.toJSONString(calls.get("/oauth2/jwks").body());
        try {
            SignedJWT jwt = SignedJWT.parse(token);
            ECDSAVerifier verifier = new ECDSAVerifier(
                    JWKSet.parse(jwks).getKeyByKeyId(jwt.getHeader().getKeyID()).toECKey());
            Story.check(jwt.verify(verifier), "the token's signature does not verify");
            return jwt.getPayload().toJSONObject();
        } catch (ParseException | JOSEException e) {
            throw new Story.Failed("the token does not verify: " + e.getMessage());
        }
    }

    private static String decisionId(String description) {
        int at = description.indexOf("(decision ");
        Story.check(at >= 0, "the answer names no decision");
        return description.substring(at + "(decision ".length(), description.length() - 1);
    }
}
