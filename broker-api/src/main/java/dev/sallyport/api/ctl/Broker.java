package dev.sallyport.api.ctl;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One broker, as anyone can see it: requests to it begin here. */
final class Broker {

    private static final Duration ANSWER = Duration.ofSeconds(60);
    private static final String METADATA = "/.well-known/oauth-authorization-server";

    private final Http http;
    private final String base;
    private final @Nullable String named;
    private final boolean local;
    private @Nullable String issuer;

    /**
     * Knows a broker.
     *
     * @param base its URL, without a slash at the end
     * @param named the issuer that it must have; null for the URL itself
     * @param local whether it runs on this machine
     */
    Broker(Http http, String base, @Nullable String named, boolean local) {
        this.http = http;
        this.base = base;
        this.named = named;
        this.local = local;
    }

    String base() {
        return base;
    }

    boolean local() {
        return local;
    }

    /**
     * Its issuer, which evidence is made out to.
     *
     * <p>It must be the URL that was asked (RFC 8414 section 3.3), or whoever answers there could ask for evidence that is meant
     * for another broker.
     */
    String issuer() throws Failure {
        if (issuer == null) {
            issuer = settled();
        }
        return issuer;
    }

    private String settled() throws Failure {
        Answer metadata = get(METADATA);
        String said = metadata.json().path("issuer").asString("");
        if (!metadata.ok() || said.isEmpty()) {
            throw Failure.outOfReach(base + " is no broker: " + METADATA + " answered " + metadata.status());
        }
        boolean expected = said.equals(named == null ? base : named);
        if (!expected && !(local && named == null && Where.isLoopback(URI.create(said)))) {
            throw Failure.badInput("--broker: " + base + " says that its issuer is " + Table.plain(said)
                    + "; reach it by that URL, or name it with --issuer");
        }
        return said;
    }

    /** What anybody may read. */
    Answer get(String path) throws Failure {
        return send(request(path));
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(base + path));
    }

    /** Sends it, and waits for as long as it says itself, or a minute. */
    Answer send(HttpRequest.Builder request) throws Failure {
        HttpRequest built = request.build();
        return http.send(built, Http.MAX_ANSWER, built.timeout().orElse(ANSWER));
    }

    /** Posts a form. */
    Answer post(String path, Map<String, String> form, Map<String, String> headers) throws Failure {
        HttpRequest.Builder request = request(path)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(encoded(form)));
        headers.forEach(request::header);
        return send(request);
    }

    /** Names and values of a query or a form. */
    static String encoded(Map<String, String> pairs) {
        return pairs.entrySet().stream()
                .map(pair -> encoded(pair.getKey()) + "=" + encoded(pair.getValue()))
                .collect(Collectors.joining("&"));
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
