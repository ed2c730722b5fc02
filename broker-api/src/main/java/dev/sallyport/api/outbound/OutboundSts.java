package dev.sallyport.api.outbound;

import dev.sallyport.attestation.Sts;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.util.Timeout;

/**
 * Asks AWS's security token service, by connections of its own.
 *
 * <p>The same hosts and addresses as of {@link Outbound}. Two seconds for the whole, whatever the service does; beyond
 * {@value #MAX_CALLS} calls at once further callers are told so at once, so that a slow service keeps nobody waiting for others.
 */
public final class OutboundSts implements Sts, AutoCloseable {

    private static final int MAX_CALLS = 32;
    private static final Duration WHOLE = Duration.ofSeconds(2);
    private static final Timeout STEP = Timeout.ofMilliseconds(1900);

    private final Outbound outbound;
    private final CloseableHttpClient client;
    private final Semaphore calls = new Semaphore(MAX_CALLS);
    private final ScheduledExecutorService deadlines = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("sts-deadline").factory());

    public OutboundSts(Outbound outbound) {
        this.outbound = outbound;
        this.client = HttpClients.custom()
                .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setDnsResolver(outbound.resolver())
                        .setTlsSocketStrategy(outbound.tls())
                        .setMaxConnPerRoute(MAX_CALLS)
                        .setMaxConnTotal(MAX_CALLS)
                        .setDefaultConnectionConfig(ConnectionConfig.custom()
                                .setConnectTimeout(STEP)
                                .setSocketTimeout(STEP)
                                .setTimeToLive(1, TimeUnit.MINUTES)
                                .build())
                        .build())
                .setRoutePlanner(outbound.routes())
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

    @Override
    public Answer get(URI uri, Map<String, String> headers) throws IOException {
        String host = outbound.checkedHost(uri);
        if (!calls.tryAcquire()) {
            throw new IOException("too many calls to " + host + " are under way");
        }
        HttpGet request = new HttpGet(uri);
        headers.forEach(request::setHeader);
        ScheduledFuture<?> deadline = deadlines.schedule(request::cancel, WHOLE.toMillis(), TimeUnit.MILLISECONDS);
        try {
            return client.execute(
                    request,
                    response -> new Answer(
                            response.getCode(),
                            response.getFirstHeader("Content-Type") == null
                                    ? ""
                                    : response.getFirstHeader("Content-Type").getValue(),
                            body(response.getEntity(), host)));
        } finally {
            deadline.cancel(false);
            calls.release();
        }
    }

    private static byte[] body(HttpEntity entity, String host) throws IOException {
        if (entity == null) {
            return new byte[0];
        }
        try (InputStream in = entity.getContent()) {
            byte[] body = in.readNBytes(MAX_BYTES + 1);
            if (body.length > MAX_BYTES) {
                throw new IOException(host + " answered with more than " + MAX_BYTES + " bytes");
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
