package dev.sallyport.api.outbound;

import dev.sallyport.attestation.Sts;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;

/** Asks AWS's security token service, at the hosts and addresses that {@link Outbound} may reach. */
public final class OutboundSts implements Sts, AutoCloseable {

    private static final Duration WHOLE = Duration.ofSeconds(2);

    private final Outbound outbound;
    private final BoundedCalls calls;

    public OutboundSts(Outbound outbound) {
        this.outbound = outbound;
        this.calls = new BoundedCalls("sts", MAX_BYTES, outbound.tls(), outbound.resolver(), outbound.routes());
    }

    @Override
    public Answer get(URI uri, Map<String, String> headers) throws IOException {
        String _ = outbound.checkedHost(uri);
        HttpGet request = new HttpGet(uri);
        headers.forEach(request::setHeader);
        return calls.send(request, WHOLE, OutboundSts::answer);
    }

    private static Answer answer(ClassicHttpResponse response, byte[] body) {
        Header type = response.getFirstHeader("Content-Type");
        return new Answer(response.getCode(), type == null ? "" : type.getValue(), body);
    }

    @Override
    public void close() throws IOException {
        calls.close();
    }
}
