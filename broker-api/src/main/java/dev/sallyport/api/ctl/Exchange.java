package dev.sallyport.api.ctl;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Exchanges evidence for an access token (RFC 7523 section 2.1). */
final class Exchange {

    private static final String JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    private static final String PATH = "/oauth2/token";
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/=-]{1,16384}");
    private static final String NONCE_WANTED = "use_dpop_nonce";

    private final Broker broker;
    private final @Nullable ProofKey key;
    private final Surroundings surroundings;

    /**
     * Prepares to exchange.
     *
     * @param key what tokens are to be bound to; null for bearer tokens
     */
    Exchange(Broker broker, @Nullable ProofKey key, Surroundings surroundings) {
        this.broker = broker;
        this.key = key;
        this.surroundings = surroundings;
    }

    /** The token endpoint's answer, which has a token. */
    Answer token(Evidence evidence, String resource, Collection<String> scopes, @Nullable String client)
            throws Failure {
        Map<String, String> form = new LinkedHashMap<>();
        form.put("grant_type", JWT_BEARER);
        form.put("assertion", evidence.token());
        form.put("resource", resource);
        if (!scopes.isEmpty()) {
            form.put("scope", String.join(" ", scopes));
        }
        if (client != null) {
            form.put("client_id", client);
        }
        Answer answer = post(form, null);
        if (NONCE_WANTED.equals(answer.json().path("error").asString(""))) {
            answer = post(form, answer.header("DPoP-Nonce").orElse(null));
        }
        if (!answer.ok()) {
            throw Refusal.ofToken(answer);
        }
        return answer;
    }

    /** The access token of an answer; whatever else the broker put there is not passed on to a shell or a terminal. */
    static String accessToken(Answer answer) throws Failure {
        String token = answer.json().path("access_token").asString("");
        if (!isToken(token)) {
            throw Failure.outOfReach("the broker answered without a token");
        }
        return token;
    }

    /** Whether the text has the form of a bearer token (RFC 6750 section 2.1). */
    static boolean isToken(String text) {
        return TOKEN.matcher(text).matches();
    }

    private Answer post(Map<String, String> form, @Nullable String nonce) throws Failure {
        Map<String, String> headers = key == null
                ? Map.of()
                : Map.of(
                        "DPoP",
                        key.proof(
                                "POST",
                                broker.issuer() + PATH,
                                nonce,
                                surroundings.clock().instant()));
        return broker.post(PATH, form, headers);
    }
}
