package dev.sallyport.api;

import com.nimbusds.jose.util.JSONObjectUtils;
import dev.sallyport.api.config.Database;
import dev.sallyport.api.config.Site;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.text.ParseException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.context.ConfigurableApplicationContext;

/** A whole broker in this process, on a database of its own unless it is told of another. */
final class RunningBroker implements AutoCloseable {

    static final String INVOICES = "https://invoices.example/mcp";
    static final String JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer";

    private final Path data;
    private final ConfigurableApplicationContext context;
    private final HttpClient http = HttpClient.newHttpClient();

    private RunningBroker(Path data, ConfigurableApplicationContext context) {
        this.data = data;
        this.context = context;
    }

    /** Starts it with the bundle in which {@code @platform@} stands for the platform's URL. */
    static RunningBroker start(Path directory, TestPlatform platform, String bundle) {
        return start(directory, platform, bundle, List.of());
    }

    /** The same with further settings, such as those of a database that it shares with others. */
    static RunningBroker start(Path directory, TestPlatform platform, String bundle, List<String> more) {
        try {
            Path file = directory.resolve("bundle.yaml");
            Files.writeString(file, bundle.replace("@platform@", platform.url()));
            Path data = directory.resolve("data");
            List<String> settings = new ArrayList<>(List.of(
                    "--sallyport.port=0",
                    "--sallyport.management-port=0",
                    "--sallyport.data=" + data,
                    "--sallyport.bootstrap=" + file,
                    "--sallyport.allow-outbound=localhost"));
            settings.addAll(more);
            return new RunningBroker(data, ServeCommand.start(settings));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    String issuer() {
        return context.getBean(Site.class).issuer();
    }

    ConfigurableApplicationContext context() {
        return context;
    }

    Path data() {
        return data;
    }

    record Answer(int status, Map<String, Object> body, HttpResponse<String> http) {

        String error() {
            return String.valueOf(body.get("error"));
        }

        String description() {
            return String.valueOf(body.get("error_description"));
        }
    }

    /** A form of names and values, in turn. */
    static String form(String... namesAndValues) {
        List<String> pairs = new ArrayList<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            pairs.add(namesAndValues[i] + "=" + URLEncoder.encode(namesAndValues[i + 1], StandardCharsets.UTF_8));
        }
        return String.join("&", pairs);
    }

    Answer exchange(String evidence, String... more) {
        String form = form("grant_type", JWT_BEARER, "assertion", evidence);
        return post(more.length == 0 ? form + "&" + form("resource", INVOICES) : form + "&" + form(more));
    }

    Answer post(String form) {
        return send(request("/oauth2/token")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(form)));
    }

    Answer post(BodyPublisher body, String contentType) {
        return send(request("/oauth2/token").header("Content-Type", contentType).POST(body));
    }

    /** What the management port answers. */
    Answer management(String path) {
        String port = context.getEnvironment().getRequiredProperty("local.management.port");
        return answer(received(HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                .timeout(Duration.ofSeconds(20))
                .build()));
    }

    HttpRequest.Builder request(String path) {
        int port = context.getBean(Site.class).port();
        return HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                .timeout(Duration.ofSeconds(20));
    }

    /** Sends the request; throws where the answer is not one that the API's description allows. */
    Answer send(HttpRequest.Builder request) {
        HttpRequest built = request.build();
        HttpResponse<String> response = received(built);
        ContractCheck.check(built, response);
        return answer(response);
    }

    /** The same for what the description leaves to a standard of browsers. */
    Answer sendUnchecked(HttpRequest.Builder request) {
        return answer(received(request.build()));
    }

    private HttpResponse<String> received(HttpRequest request) {
        try {
            return http.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static Answer answer(HttpResponse<String> response) {
        boolean json = response.headers()
                .firstValue("Content-Type")
                .map(type -> type.contains("json") && !type.contains("ndjson"))
                .orElse(false);
        try {
            return new Answer(
                    response.statusCode(), json ? JSONObjectUtils.parse(response.body()) : Map.of(), response);
        } catch (ParseException e) {
            throw new AssertionError(e);
        }
    }

    /** The details of all entries about access attempts, oldest first. */
    List<Map<String, Object>> attempts() {
        return entries().stream()
                .filter(detail -> detail.containsKey("decision_id"))
                .toList();
    }

    /** The details of all entries, oldest first, each with its {@code leaf} and its {@code index}. */
    List<Map<String, Object>> entries() {
        List<Map<String, Object>> details = new ArrayList<>();
        try (Connection connection = context.getBean(Database.class).owner().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT convert_from(leaf, 'UTF8'),"
                        + " convert_from(detail, 'UTF8'), index FROM sallyport.log_entry ORDER BY index")) {
            while (rows.next()) {
                Map<String, Object> detail = JSONObjectUtils.parse(rows.getString(2));
                detail.put("leaf", JSONObjectUtils.parse(rows.getString(1)));
                detail.put("index", rows.getLong(3));
                details.add(detail);
            }
            return details;
        } catch (SQLException | ParseException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        context.close();
    }
}
