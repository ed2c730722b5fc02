package dev.sallyport.api.ctl;

import dev.sallyport.api.outbound.PrivateAuthorities;
import dev.sallyport.core.Invalid;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Sends requests, each bounded in time and in what it takes of an answer. Redirects are not followed. */
final class Http {

    /** A whole configuration is the largest answer. */
    static final int MAX_ANSWER = 64 << 20;

    private static final Duration CONNECT = Duration.ofSeconds(10);

    private final HttpClient client;

    /**
     * Prepares to send.
     *
     * @param ca a PEM file with authorities that are trusted beside the platform's; null for those alone
     */
    Http(@Nullable Path ca) throws Failure {
        this.client = client(ca);
    }

    private static HttpClient client(@Nullable Path ca) throws Failure {
        HttpClient.Builder builder = HttpClient.newBuilder()
                .connectTimeout(CONNECT)
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER);
        try {
            PrivateAuthorities authorities = PrivateAuthorities.read(ca);
            return (authorities == null ? builder : builder.sslContext(authorities.tls())).build();
        } catch (Invalid invalid) {
            throw Failure.badInput("--ca: " + invalid.reason());
        }
    }

    /** Sends it; a failure names the host and what stands in the way, nothing of the request. */
    Answer send(HttpRequest request) throws Failure {
        return send(request, MAX_ANSWER);
    }

    /** The same, taking at most so many bytes. */
    Answer send(HttpRequest request, int most) throws Failure {
        String where = request.uri().getScheme() + "://" + request.uri().getRawAuthority();
        try {
            HttpResponse<InputStream> response = client.send(request, BodyHandlers.ofInputStream());
            try (InputStream body = response.body()) {
                byte[] bytes = body.readNBytes(most + 1);
                if (bytes.length > most) {
                    throw Failure.outOfReach(where + " answered more than " + most + " bytes");
                }
                return new Answer(response.statusCode(), response.headers(), bytes);
            }
        } catch (IOException e) {
            throw Failure.outOfReach(where + " " + obstacle(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.outOfReach("interrupted");
        }
    }

    private static String obstacle(IOException e) {
        return switch (e) {
            case HttpConnectTimeoutException _ -> "does not accept a connection in time";
            case HttpTimeoutException _ -> "does not answer in time";
            case ConnectException _ -> "can't be reached: is a broker running there? (--broker, SALLYPORT_BROKER)";
            case SSLException tls -> "can't be trusted: " + tls.getMessage() + " (--ca names further authorities)";
            default -> "broke off: " + e.getMessage();
        };
    }
}
