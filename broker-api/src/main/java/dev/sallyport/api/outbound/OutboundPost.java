package dev.sallyport.api.outbound;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;

/** Sends bytes to the hosts and addresses that {@link Outbound} may reach, and reads nothing of the answer but its status. */
public final class OutboundPost implements AutoCloseable {

    private static final Duration WHOLE = Duration.ofSeconds(9);
    private static final int MAX_ANSWER = 64 * 1024;

    private final Outbound outbound;
    private final BoundedCalls calls;

    public OutboundPost(Outbound outbound) {
        this.outbound = outbound;
        this.calls = new BoundedCalls("push", MAX_ANSWER, outbound.tls(), outbound.resolver(), outbound.routes());
    }

    /** The status of the answer. */
    public int post(URI uri, Map<String, String> headers, byte[] body) throws IOException {
        String _ = outbound.checkedHost(uri);
        HttpPost request = new HttpPost(uri);
        headers.forEach(request::setHeader);
        request.setEntity(new ByteArrayEntity(body, null));
        return calls.send(request, WHOLE, (response, _) -> response.getCode());
    }

    @Override
    public void close() throws IOException {
        calls.close();
    }
}
