package dev.sallyport.api.ctl;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One command's way into the API.
 *
 * <p>A token that was given is used as it is. Otherwise one is got for the evidence at hand, with the scopes that the command
 * needs and no others; where the broker asks for one more, once.
 */
final class Session {

    private static final String JSON = "application/json";

    private final Broker broker;
    private final Surroundings surroundings;
    private final EvidenceOptions evidence;
    private final Set<String> scopes;
    private @Nullable String token;

    Session(Broker broker, Surroundings surroundings, EvidenceOptions evidence, Collection<String> scopes) {
        this.broker = broker;
        this.surroundings = surroundings;
        this.evidence = evidence;
        this.scopes = new LinkedHashSet<>(scopes);
    }

    Broker broker() {
        return broker;
    }

    Answer get(String path) throws Failure {
        return ask(path, HttpRequest.Builder::GET, Map.of());
    }

    Answer post(String path, String json) throws Failure {
        return ask(path, request -> request.POST(BodyPublishers.ofString(json)), Map.of("Content-Type", JSON));
    }

    /** The same where the answer takes long. */
    Answer post(String path, String json, Duration within) throws Failure {
        return ask(
                path,
                request -> request.POST(BodyPublishers.ofString(json)).timeout(within),
                Map.of("Content-Type", JSON, "Accept", JSON));
    }

    Answer delete(String path, String etag) throws Failure {
        return ask(path, HttpRequest.Builder::DELETE, Map.of("If-Match", etag));
    }

    /** A request's method and body. */
    @FunctionalInterface
    interface Shape {

        HttpRequest.Builder on(HttpRequest.Builder request);
    }

    private Answer ask(String path, Shape shape, Map<String, String> headers) throws Failure {
        Answer answer = attempt(path, shape, headers);
        if (!answer.ok()) {
            throw Refusal.of(answer);
        }
        return answer;
    }

    /** The answer, be it a refusal. */
    Answer attempt(String path, Shape shape, Map<String, String> headers) throws Failure {
        Answer answer = send(path, shape, headers);
        Optional<String> needed = Refusal.needed(answer);
        if (needed.isPresent()
                && !given()
                && scopes.addAll(Arrays.asList(needed.get().split(" ", -1)))) {
            token = null;
            answer = send(path, shape, headers);
        }
        return answer;
    }

    private Answer send(String path, Shape shape, Map<String, String> headers) throws Failure {
        HttpRequest.Builder request = shape.on(broker.request(path)).header("Authorization", "Bearer " + token());
        headers.forEach(request::header);
        return broker.send(request);
    }

    private boolean given() {
        return !evidence.given() && surroundings.variable("SALLYPORT_TOKEN").isPresent();
    }

    private String token() throws Failure {
        if (token == null) {
            token = given() ? given(surroundings) : exchanged();
        }
        return token;
    }

    private static String given(Surroundings surroundings) throws Failure {
        String given = surroundings.variable("SALLYPORT_TOKEN").orElse("");
        if (!Exchange.isToken(given)) {
            throw Failure.badInput("SALLYPORT_TOKEN: holds no access token");
        }
        return given;
    }

    private String exchanged() throws Failure {
        Evidence found = evidence.find(surroundings, broker);
        Exchange exchange = new Exchange(broker, null, surroundings);
        return Exchange.accessToken(exchange.token(found, broker.issuer() + "/v1", scopes, null));
    }
}
