package dev.sallyport.api.outbound;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.routing.HttpRoutePlanner;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * Calls to one service, by connections of their own: bounded in number, in time and in what is read, and never redirected.
 *
 * <p>Beyond {@value #MAX_CALLS} calls at once further callers are told so at once, so that a slow service keeps nobody waiting.
 */
final class BoundedCalls implements AutoCloseable {

    private static final int MAX_CALLS = 32;
    private static final Timeout STEP = Timeout.ofMilliseconds(1900);

    private final int maxBytes;
    private final CloseableHttpClient client;
    private final Semaphore calls = new Semaphore(MAX_CALLS);
    private final ScheduledExecutorService deadlines;

    /**
     * Prepares to call.
     *
     * @param name the service's, for its thread
     * @param maxBytes of an answer's body
     * @param resolver finds addresses; null for the system's own
     * @param routes finds the way; null for the straight one
     */
    BoundedCalls(
            String name,
            int maxBytes,
            TlsSocketStrategy tls,
            @Nullable DnsResolver resolver,
            @Nullable HttpRoutePlanner routes) {
        this.maxBytes = maxBytes;
        this.deadlines = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name(name + "-deadline").factory());
        this.client = HttpClients.custom()
                .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setDnsResolver(resolver)
                        .setTlsSocketStrategy(tls)
                        .setMaxConnPerRoute(MAX_CALLS)
                        .setMaxConnTotal(MAX_CALLS)
                        .setDefaultConnectionConfig(ConnectionConfig.custom()
                                .setConnectTimeout(STEP)
                                .setSocketTimeout(STEP)
                                .setTimeToLive(1, TimeUnit.MINUTES)
                                .build())
                        .build())
                .setRoutePlanner(routes)
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setResponseTimeout(STEP)
                        .setConnectionRequestTimeout(STEP)
                        .setRedirectsEnabled(false)
                        .build())
                .disableRedirectHandling()
                .disableCookieManagement()
                .disableAutomaticRetries()
                .disableAuthCaching()
                .disableContentCompression()
                .build();
    }

    /** Makes something of an answer and its body. */
    @FunctionalInterface
    interface Reading<T> {
        T of(ClassicHttpResponse response, byte[] body);
    }

    /**
     * Calls, and reads the whole answer.
     *
     * @param within for all of it
     */
    <T> T send(HttpUriRequestBase request, Duration within, Reading<T> reading) throws IOException {
        if (!calls.tryAcquire()) {
            throw new IOException("too many calls are under way");
        }
        ScheduledFuture<?> deadline = deadlines.schedule(request::cancel, within.toMillis(), TimeUnit.MILLISECONDS);
        try {
            return client.execute(request, response -> reading.of(response, body(response.getEntity())));
        } finally {
            deadline.cancel(false);
            calls.release();
        }
    }

    private byte[] body(@Nullable HttpEntity entity) throws IOException {
        if (entity == null) {
            return new byte[0];
        }
        try (InputStream in = entity.getContent()) {
            byte[] body = in.readNBytes(maxBytes + 1);
            if (body.length > maxBytes) {
                throw new IOException("the answer has more than " + maxBytes + " bytes");
            }
            return body;
        }
    }

    @Override
    public void close() throws IOException {
        deadlines.shutdownNow();
        client.close();
    }
}
