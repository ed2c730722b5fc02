package dev.sallyport.api.ctl;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Asks a platform for this process's token, by the platform's own interface. Short, and without redirects. */
final class PlatformCalls {

    private static final Duration ANSWER = Duration.ofSeconds(10);
    private static final int MOST = 64 * 1024;

    private final Surroundings surroundings;

    PlatformCalls(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /** A job of GitHub Actions that has {@code id-token: write}. */
    String github(String audience) throws Failure {
        String url = variable("ACTIONS_ID_TOKEN_REQUEST_URL");
        HttpRequest.Builder request = to(url + (url.contains("?") ? "&" : "?") + "audience=" + Broker.encoded(audience))
                .header("Authorization", "bearer " + variable("ACTIONS_ID_TOKEN_REQUEST_TOKEN"));
        return member("value", "GitHub Actions", request);
    }

    /** A job of Azure Pipelines. */
    String azureDevops() throws Failure {
        HttpRequest.Builder request = to(variable("SYSTEM_OIDCREQUESTURI") + "?api-version=7.1")
                .header("Authorization", "Bearer " + variable("SYSTEM_ACCESSTOKEN"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.noBody());
        return member("oidcToken", "Azure Pipelines", request);
    }

    /** An instance of Google Cloud. */
    String google(String audience) throws Failure {
        String query = "audience=" + Broker.encoded(audience) + "&format=full";
        HttpRequest.Builder request = HttpRequest.newBuilder(surroundings
                        .google()
                        .resolve("/computeMetadata/v1/instance/service-accounts/default/identity?" + query))
                .header("Metadata-Flavor", "Google");
        return text("Google's metadata server", request).strip();
    }

    /** A virtual machine of Azure, or what App Service and its like put in its place. */
    String azure(String resource) throws Failure {
        Map<String, String> query = Map.of("resource", resource);
        boolean service = surroundings.variable("IDENTITY_ENDPOINT").isPresent();
        HttpRequest.Builder request = service
                ? HttpRequest.newBuilder(URI.create(
                                variable("IDENTITY_ENDPOINT") + "?api-version=2019-08-01&" + Broker.encoded(query)))
                        .header("X-IDENTITY-HEADER", variable("IDENTITY_HEADER"))
                : HttpRequest.newBuilder(surroundings
                                .azure()
                                .resolve("/metadata/identity/oauth2/token?api-version=2018-02-01&"
                                        + Broker.encoded(query)))
                        .header("Metadata", "true");
        return member("access_token", "Azure's metadata service", request);
    }

    /** What a platform has put into a variable. */
    String variable(String name) throws Failure {
        return surroundings
                .variable(name)
                .orElseThrow(() ->
                        Failure.badInput("the variable " + name + " is not set: this does not run on that platform"));
    }

    /** A URL that comes from the environment gets a credential, so only over TLS. */
    private static HttpRequest.Builder to(String url) throws Failure {
        try {
            URI uri = URI.create(url);
            if ("https".equals(uri.getScheme()) || Where.isLoopback(uri)) {
                return HttpRequest.newBuilder(uri);
            }
        } catch (IllegalArgumentException e) {
            // Told below.
        }
        throw Failure.badInput("the platform's variable does not hold an https URL");
    }

    private String member(String name, String platform, HttpRequest.Builder request) throws Failure {
        try {
            String token = JsonMapper.shared()
                    .readTree(text(platform, request))
                    .path(name)
                    .asString("");
            if (!token.isEmpty()) {
                return token;
            }
        } catch (JacksonException e) {
            // Told below.
        }
        throw Failure.outOfReach(platform + " answered without a token");
    }

    private static String text(String platform, HttpRequest.Builder request) throws Failure {
        Answer answer = Http.ofPlatform().send(request.build(), MOST, ANSWER);
        if (!answer.ok()) {
            throw Failure.outOfReach(platform + " answered " + answer.status());
        }
        return answer.text();
    }
}
