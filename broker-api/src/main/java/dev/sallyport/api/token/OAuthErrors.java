package dev.sallyport.api.token;

import dev.sallyport.core.Refusal;
import java.time.Duration;

/**
 * The one table of refusals: what each is called at the token endpoint (RFC 6749 section 5.2, RFC 8707 section 2, RFC 9396
 * section 5, RFC 9449 sections 5 and 8).
 *
 * <p>{@code temporarily_unavailable} and {@code slow_down} are extensions at this endpoint.
 */
final class OAuthErrors {

    private OAuthErrors() {}

    /**
     * How a refusal is answered.
     *
     * @param status the HTTP status
     * @param error the {@code error} code
     * @param retryAfter seconds after which to try again; 0 where trying again won't help
     */
    record Answer(int status, String error, int retryAfter) {

        Answer(int status, String error) {
            this(status, error, 0);
        }
    }

    /** Where the evidence authenticates the client, what is wrong with it or with the agent is wrong with the client. */
    static Answer answer(Refusal refusal, Door door) {
        return switch (refusal) {
            case Refusal.TooLarge _ -> new Answer(413, "invalid_request");
            case Refusal.Malformed _ -> new Answer(400, "invalid_request");
            case Refusal.UnsupportedGrant _ -> new Answer(400, "unsupported_grant_type");
            case Refusal.EvidenceRefused _ ->
                switch (door) {
                    case JWT_BEARER -> new Answer(400, "invalid_grant");
                    case CLIENT_CREDENTIALS -> new Answer(401, "invalid_client");
                    case TOKEN_EXCHANGE -> new Answer(400, "invalid_request");
                };
            case Refusal.AgentRefused _ ->
                switch (door) {
                    case JWT_BEARER, TOKEN_EXCHANGE -> new Answer(400, "unauthorized_client");
                    case CLIENT_CREDENTIALS -> new Answer(401, "invalid_client");
                };
            case Refusal.TargetRefused _ -> new Answer(400, "invalid_target");
            case Refusal.ActionRefused _ -> new Answer(400, "invalid_scope");
            case Refusal.DetailsRefused _ -> new Answer(400, "invalid_authorization_details");
            case Refusal.ProofRefused _ -> new Answer(400, "invalid_dpop_proof");
            case Refusal.NonceWanted _ -> new Answer(400, "use_dpop_nonce");
            case Refusal.CertificateMissing _ -> new Answer(400, "invalid_request");
            case Refusal.TooFast(var _, var pause) -> new Answer(429, "slow_down", seconds(pause));
            case Refusal.OutOfReach _ -> new Answer(503, "temporarily_unavailable", 1);
        };
    }

    /** Whole ones, one at least: whoever waits that long finds room. */
    static int seconds(Duration pause) {
        return Math.toIntExact(pause.plus(Duration.ofSeconds(1)).minusNanos(1).toSeconds());
    }

    /** The {@code error_description}: which part failed, in the characters that RFC 6749 section 5.2 allows. */
    static String description(Refusal refusal) {
        String text = switch (refusal) {
            case Refusal.Malformed(var parameter, var problem)
            when TokenForm.KNOWN.contains(parameter) -> parameter + ": " + problem;
            default -> refusal.detail();
        };
        return text.chars()
                .map(c -> c >= ' ' && c < 127 && c != '"' && c != '\\' ? c : '?')
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
