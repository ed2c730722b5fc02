package dev.sallyport.api.outbound;

import dev.sallyport.attestation.ClusterApi;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * Asks one cluster's API server, by connections of its own and without a proxy.
 *
 * <p>Beyond {@value #MAX_CALLS} calls at once further callers are told so at once, so that a slow server keeps nobody waiting.
 */
final class OutboundCluster implements ClusterApi, AutoCloseable {

    static final int MAX_CALLS = 32;

    private static final Timeout STEP = Timeout.ofMilliseconds(1900);

    private final ClusterAccess access;
    private final CloseableHttpClient client;
    private final Semaphore calls = new Semaphore(MAX_CALLS);
    private final ScheduledExecutorService deadlines = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("cluster-deadline").factory());

    OutboundCluster(ClusterAccess access) {
        this.access = access;
        this.client = HttpClients.custom()
                .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setTlsSocketStrategy(
                                access.tls() == null
                                        ? DefaultClientTlsStrategy.createDefault()
                                        : new DefaultClientTlsStrategy(access.tls()))
                        .setMaxConnPerRoute(MAX_CALLS)
                        .setMaxConnTotal(MAX_CALLS)
                        .setDefaultConnectionConfig(ConnectionConfig.custom()
                                .setConnectTimeout(STEP)
                                .setSocketTimeout(STEP)
                                .setTimeToLive(1, TimeUnit.MINUTES)
                                .build())
                        .build())
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
    public Answer send(String path, byte @Nullable [] json, Duration within) throws IOException {
        HttpUriRequestBase request = request(path, json);
        if (!calls.tryAcquire()) {
            throw new IOException("too many calls are under way");
        }
        ScheduledFuture<?> deadline = deadlines.schedule(request::cancel, within.toMillis(), TimeUnit.MILLISECONDS);
        try {
            return client.execute(request, response -> new Answer(response.getCode(), body(response.getEntity())));
        } finally {
            deadline.cancel(false);
            calls.release();
        }
    }

    private HttpUriRequestBase request(String path, byte @Nullable [] json) throws IOException {
        String base = access.server().toString();
        URI uri = URI.create((base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + path);
        HttpUriRequestBase request = json == null ? new HttpGet(uri) : new HttpPost(uri);
        if (json != null) {
            request.setEntity(new ByteArrayEntity(json, ContentType.APPLICATION_JSON));
        }
        request.setHeader("Accept", "application/json");
        request.setHeader("Authorization", "Bearer " + access.credentials());
        return request;
    }

    private static byte[] body(@Nullable HttpEntity entity) throws IOException {
        if (entity == null) {
            return new byte[0];
        }
        try (InputStream in = entity.getContent()) {
            byte[] body = in.readNBytes(MAX_BYTES + 1);
            if (body.length > MAX_BYTES) {
                throw new IOException("the answer has more than " + MAX_BYTES + " bytes");
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
