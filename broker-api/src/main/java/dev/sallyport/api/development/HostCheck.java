package dev.sallyport.api.development;

import jakarta.servlet.ServletException;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;

/**
 * Turns away requests for another host than this one (421, RFC 9110 section 15.5.20).
 *
 * <p>A web page may point a name of its own at the loopback address; the browser then lets it talk to the broker, but still
 * says that name in {@code Host}.
 */
final class HostCheck extends ValveBase {

    private static final Set<String> HERE = Set.of("localhost", "127.0.0.1", "[::1]");
    private static final int HTTP = 80;

    HostCheck() {
        super(true);
    }

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
        List<String> hosts = Collections.list(request.getHeaders("Host"));
        if (hosts.size() == 1 && isHere(hosts.getFirst(), request.getLocalPort())) {
            getNext().invoke(request, response);
        } else {
            response.setStatus(421);
            response.setContentType("text/plain");
            response.getOutputStream().print("with --dev the host must be localhost, and the port this one\n");
        }
    }

    /** Whether a {@code Host} names this machine and the port that the request came in by. */
    static boolean isHere(String host, int port) {
        String lower = host.toLowerCase(Locale.ROOT);
        return HERE.stream().anyMatch(name -> lower.equals(name + ":" + port) || (port == HTTP && lower.equals(name)));
    }
}
