package dev.sallyport.api.development;

import dev.sallyport.api.web.Problem;
import dev.sallyport.api.web.Problems;
import dev.sallyport.core.Invalid;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/**
 * {@code POST /dev/token}: evidence for another subject, so that a developer can try agents.
 *
 * <p>The form has {@code sub}, and any further field becomes a claim. The developer's own evidence lets in, and nothing that is
 * made here outlives it.
 */
final class DevelopmentTokens {

    private static final String PATH = "/dev/token";
    private static final String SCHEME = "Bearer ";
    private static final String SUBJECT = "sub";
    private static final Duration LONGEST = Duration.ofHours(1);
    private static final int MOST_CLAIMS = 32;
    private static final int LONGEST_VALUE = 1024;
    private static final Set<String> OF_THE_ISSUER = Set.of("iss", "aud", "iat", "nbf", "exp", "jti");

    private final DevelopmentIssuer issuer;
    private final String audience;

    private DevelopmentTokens(DevelopmentIssuer issuer, String audience) {
        this.issuer = issuer;
        this.audience = audience;
    }

    static RouterFunction<ServerResponse> routes(DevelopmentIssuer issuer, String audience) {
        return RouterFunctions.route()
                .POST(PATH, new DevelopmentTokens(issuer, audience)::token)
                .filter(new Problems())
                .build();
    }

    private ServerResponse token(ServerRequest request) {
        Duration left = left(request.headers().header("Authorization"));
        Map<String, String> claims = claims(request);
        String subject = claims.remove(SUBJECT);
        Invalid.unless(subject != null && !subject.isBlank(), SUBJECT, "is missing");
        // Else whoever has evidence once could renew it for ever.
        Invalid.unless(!DevelopmentIssuer.DEVELOPER.equals(subject), SUBJECT, "must be another one than the developer");
        Duration lifetime = left.compareTo(LONGEST) < 0 ? left : LONGEST;
        return ServerResponse.ok()
                .contentType(MediaType.parseMediaType("application/jwt"))
                .cacheControl(CacheControl.noStore())
                .body(issuer.evidence(audience, String.valueOf(subject), claims, lifetime));
    }

    private Duration left(List<String> headers) {
        if (headers.size() == 1 && headers.getFirst().startsWith(SCHEME)) {
            return issuer.developers(headers.getFirst().substring(SCHEME.length()), audience)
                    .orElseThrow(DevelopmentTokens::unauthorized);
        }
        throw unauthorized();
    }

    private static Problem unauthorized() {
        return new Problem(
                401,
                "unauthorized",
                "the developer's evidence is needed as a bearer token",
                Map.of(),
                Map.of("WWW-Authenticate", "Bearer"));
    }

    private static Map<String, String> claims(ServerRequest request) {
        Map<String, String> claims = new TreeMap<>();
        Invalid.unless(request.params().size() <= MOST_CLAIMS, "form", "has more than " + MOST_CLAIMS + " fields");
        request.params().forEach((name, values) -> {
            Invalid.unless(!OF_THE_ISSUER.contains(name), name, "is for the issuer to say");
            Invalid.unless(values.size() == 1, name, "must be given once");
            Invalid.unless(values.getFirst().length() <= LONGEST_VALUE, name, "is longer than " + LONGEST_VALUE);
            claims.put(name, values.getFirst());
        });
        return claims;
    }
}
