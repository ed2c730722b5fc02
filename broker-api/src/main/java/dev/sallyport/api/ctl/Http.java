package dev.sallyport.api.ctl;

import dev.sallyport.api.outbound.PrivateAuthorities;
import dev.sallyport.core.Invalid;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Sends requests, each bounded in time and in what it takes of an answer. Redirects are not followed. */
final class Http {

    /** A whole configuration is the largest answer. */
    static final int MAX_ANSWER = 64 << 20;

    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration NEARBY = Duration.ofSeconds(2);

    private final HttpClient client;

    private Http(HttpClient client) {
        this.client = client;
    }

    /**
     * For a broker.
     *
     * @param ca a PEM file with authorities that are trusted beside the platform's; null for those alone
     */
    static Http trusting(@Nullable Path ca) throws Failure {
        HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(CONNECT);
        try {
            PrivateAuthorities authorities = PrivateAuthorities.read(ca);
            return of(authorities == null ? builder : builder.sslContext(authorities.tls()));
        } catch (Invalid invalid) {
            throw Failure.badInput("--ca: " + invalid.reason());
        }
    }

    /** For metadata servers, which answer their own machine only: without a proxy, and they answer soon or not at all. */
    static Http ofPlatform() {
        return of(HttpClient.newBuilder().connectTimeout(NEARBY).proxy(HttpClient.Builder.NO_PROXY));
    }

    private static Http of(HttpClient.Builder builder) {
        return new Http(builder.version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build());
    }

    /**
     * Sends it; a failure names the host and what stands in the way, nothing of the request.
     *
     * @param most how many bytes an answer may have
     * @param within how long all of it may take, the body included
     */
    Answer send(HttpRequest request, int most, Duration within) throws Failure {
        String where = request.uri().getScheme() + "://" + request.uri().getRawAuthority() + " ";
        CompletableFuture<HttpResponse<byte[]>> coming =
                client.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), most));
        try {
            HttpResponse<byte[]> response = coming.get(within.toMillis(), TimeUnit.MILLISECONDS);
            return new Answer(response.statusCode(), response.headers(), response.body());
        } catch (TimeoutException e) {
            coming.cancel(true);
            throw Failure.outOfReach(where + "does not answer in time");
        } catch (ExecutionException e) {
            throw Failure.outOfReach(where + obstacle(e.getCause()));
        } catch (InterruptedException e) {
            coming.cancel(true);
            Thread.currentThread().interrupt();
            throw Failure.outOfReach("interrupted");
        }
    }

    private static String obstacle(@Nullable Throwable e) {
        return switch (e) {
            case HttpConnectTimeoutException _ -> "does not accept a connection in time";
            case ConnectException _ -> "can't be reached: nothing listens there";
            case SSLException tls -> "can't be trusted: " + tls.getMessage() + " (--ca names further authorities)";
            case null -> "can't be reached";
            default -> "broke off: " + e.getMessage();
        };
    }
}
