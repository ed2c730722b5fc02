package dev.sallyport.api.token;

import dev.sallyport.api.peer.Peers;
import dev.sallyport.api.peer.Rates;
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
    private final transient Rates failures;
    private final transient Runnable turnedAway;

    /**
     * Makes it.
     *
     * @param failures how often an address may fail; who succeeds takes nothing of it
     * @param turnedAway is told of each request that is
     */
    public FailureFilter(Peers peers, Rates failures, Runnable turnedAway) {
        this.peers = peers;
        this.failures = failures;
        this.turnedAway = turnedAway;
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        String network = network(request);
        Duration wait = network == null ? null : failures.lacking(network);
        if (wait != null) {
            turnedAway.run();
            response.setIntHeader("Retry-After", OAuthErrors.seconds(wait));
            OAuthAnswer.refusal(response, 429, "slow_down", "too many requests from this address have failed");
            return;
        }
        chain.doFilter(request, response);
        if (network != null && response.getStatus() >= 400) {
            failures.add(network);
        }
    }

    /** Where the caller is; null where a trusted proxy's header can't be read, which the endpoint answers. */
    private @Nullable String network(HttpServletRequest request) {
        try {
            return peers.of(request).network();
        } catch (Invalid e) {
            return null;
        }
    }
}
