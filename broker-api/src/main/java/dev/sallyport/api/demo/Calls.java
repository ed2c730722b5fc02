package dev.sallyport.api.demo;

import com.nimbusds.jose.util.JSONObjectUtils;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.util.Map;

/** The HTTP calls of the story, as any client would make them. */
final class Calls {

    private final BrokerProcess broker;
    private final HttpClient http = HttpClient.newHttpClient();

    Calls(BrokerProcess broker) {
        this.broker = broker;
    }

    /** What came back; the ETag is empty where there was none. */
    record Answer(int status, Map<String, Object> body, String etag) {

        String text(String field) {
            return String.valueOf(body.get(field));
        }
    }

    /** Exchanges evidence for a token. */
    Answer exchange(String evidence, String resource, String scope) throws IOException, InterruptedException {
        String form = "grant_type=" + encoded("urn:ietf:params:oauth:grant-type:jwt-bearer") + "&assertion=" + evidence
                + "&resource=" + encoded(resource) + "&scope=" + encoded(scope);
        return send(request("/oauth2/token")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(form)));
    }

    Answer get(String path) throws IOException, InterruptedException {
        return send(request(path));
    }

    /** Reads from the admin API. */
    Answer get(String path, String token) throws IOException, InterruptedException {
        return send(authorized(path, token));
    }

    /** Replaces a document that has not changed since it was read. */
    Answer put(String path, String token, String etag, String json) throws IOException, InterruptedException {
        return send(authorized(path, token)
                .header("If-Match", etag)
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofString(json)));
    }

    Answer post(String path, String token, String json) throws IOException, InterruptedException {
        return send(authorized(path, token)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json)));
    }

    private HttpRequest.Builder authorized(String path, String token) {
        return request(path).header("Authorization", "Bearer " + token);
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(broker.baseUrl() + path)).timeout(Duration.ofSeconds(10));
    }

    private Answer send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
        try {
            return new Answer(
                    response.statusCode(),
                    JSONObjectUtils.parse(response.body()),
                    response.headers().firstValue("ETag").orElse(""));
        } catch (ParseException e) {
            throw new Story.Failed("the answer is no JSON: " + response.body());
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
