package dev.sallyport.api.outbound;

import dev.sallyport.attestation.ClusterApi;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.jspecify.annotations.Nullable;

/** Asks one cluster's API server, without a proxy. */
final class OutboundCluster implements ClusterApi, AutoCloseable {

    private final ClusterAccess access;
    private final BoundedCalls calls;

    OutboundCluster(ClusterAccess access) {
        this.access = access;
        this.calls = new BoundedCalls(
                "cluster",
                MAX_BYTES,
                access.tls() == null
                        ? DefaultClientTlsStrategy.createDefault()
                        : new DefaultClientTlsStrategy(access.tls()),
                null,
                null);
    }

    @Override
    public Answer send(String path, byte @Nullable [] json, Duration within) throws IOException {
        return calls.send(request(path, json), within, (response, body) -> new Answer(response.getCode(), body));
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

    @Override
    public void close() throws IOException {
        calls.close();
    }
}
