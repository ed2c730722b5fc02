package dev.sallyport.api.token;

import dev.sallyport.api.peer.FailureLimit;
import dev.sallyport.api.peer.Peers;
import dev.sallyport.core.Invalid;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Turns away addresses whose requests to the OAuth endpoints keep failing, before anything of a request is looked at. */
public final class FailureFilter extends HttpFilter {

    private static final long serialVersionUID = 1L;

    private final transient Peers peers;
    private final transient FailureLimit limit;
    private final transient Runnable turnedAway;

    /**
     * Makes it.
     *
     * @param turnedAway is told of each request that is
     */
    public FailureFilter(Peers peers, FailureLimit limit, Runnable turnedAway) {
        this.peers = peers;
        this.limit = limit;
        this.turnedAway = turnedAway;
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        String ip = ip(request);
        Duration pause = ip == null ? Duration.ZERO : limit.pause(ip);
        if (pause.isPositive()) {
            turnedAway.run();
            response.setIntHeader("Retry-After", OAuthErrors.seconds(pause));
            OAuthAnswer.refusal(response, 429, "slow_down", "too many requests from this address have failed");
            return;
        }
        chain.doFilter(request, response);
        if (ip != null && response.getStatus() >= 400) {
            limit.failed(ip);
        }
    }

    /** The caller's address; null where a trusted proxy's header can't be read, which the endpoint answers. */
    private @Nullable String ip(HttpServletRequest request) {
        try {
            return peers.of(request).ip();
        } catch (Invalid e) {
            return null;
        }
    }
}
