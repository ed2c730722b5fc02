package dev.sallyport.api.admin;

import dev.sallyport.api.document.Documents;
import dev.sallyport.api.document.Kind;
import dev.sallyport.api.security.Caller;
import dev.sallyport.api.state.LiveState;
import dev.sallyport.api.state.Loaded;
import dev.sallyport.api.state.StateCompiler;
import dev.sallyport.api.web.Parameters;
import dev.sallyport.api.web.Problem;
import dev.sallyport.core.Invalid;
import dev.sallyport.core.Journal;
import dev.sallyport.core.Unavailable;
import dev.sallyport.core.attest.Check;
import dev.sallyport.core.attest.TrustProvider;
import dev.sallyport.core.attest.Verdict;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/**
 * Tries evidence on one trust provider, and tells which check it fails.
 *
 * <p>Nothing is issued, and nothing is remembered of it but an entry in the log. Whoever found somebody's evidence could
 * learn here what it is good for, so it takes the scope that writes trust providers.
 */
public final class TrialEndpoint {

    private static final int MAX_BODY = 64 * 1024;

    /** Dates outside have no place in evidence; sums with them would have none in the calendar. */
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

    private final LiveState state;
    private final StateCompiler compiler;
    private final Journal journal;
    private final InstantSource clock;
    private final String replica;

    public TrialEndpoint(
            LiveState state, StateCompiler compiler, Journal journal, InstantSource clock, String replica) {
        this.state = state;
        this.compiler = compiler;
        this.journal = journal;
        this.clock = clock;
        this.replica = replica;
    }

    /**
     * What is to be tried.
     *
     * @param evidence a JWT, or an object for evidence of another kind
     * @param at the time that it is to be; null for now
     * @param jkt the RFC 7638 thumbprint of the key that its holder would show; null for none
     */
    record Wanted(
            @Nullable Object evidence,
            @Nullable String at,
            @Nullable String jkt) {

        private static final Pattern THUMBPRINT = Pattern.compile("[A-Za-z0-9_-]{43}");

        Wanted {
            Invalid.unless(
                    jkt == null || THUMBPRINT.matcher(jkt).matches(),
                    "jkt",
                    "must be the SHA-256 thumbprint of a key (RFC 7638) in base64url");
        }

        Instant time(InstantSource clock) {
            if (at == null) {
                return clock.instant();
            }
            try {
                Instant time = Instant.parse(at);
                Invalid.unless(
                        !time.isBefore(Instant.EPOCH) && !time.isAfter(LATEST), "at", "must be from 1970 to 9999");
                return time;
            } catch (DateTimeException e) {
                throw new Invalid("at", "must be a time, such as 2026-02-16T00:39:00Z");
            }
        }

        @Override
        public String toString() {
            return "Wanted[redacted]";
        }
    }

    /** Its routes, behind the scope that they need. */
    public RouterFunction<ServerResponse> routes() {
        return RouterFunctions.route()
                .POST("/v1/trust-providers/{name}/test", this::test)
                .filter(Caller.with(Scopes.SYSTEM_WRITE))
                .build();
    }

    private ServerResponse test(ServerRequest request) throws IOException {
        Parameters.of(request, Set.of());
        Body body = Body.of(request, MAX_BODY);
        Wanted wanted = Documents.readRequest(body.bytes(), body.format(), Wanted.class);
        Instant time = wanted.time(clock);
        Loaded now = state.fresh();
        TrustProvider provider = (TrustProvider) now.documents()
                .find(Kind.TRUST_PROVIDER, request.pathVariable("name"))
                .orElseThrow(() -> new Problem(404, "not-found", "there is no such trust-provider"))
                .document();
        TriedEvidence evidence = TriedEvidence.of(wanted.evidence(), provider.type(), wanted.jkt());
        TrialAnswer answer = TrialAnswer.of(provider, verdict(now, provider, evidence, time));
        journal.write(
                answer.entry(clock.instant(), evidence, time, Caller.of(request).author(), replica));
        return ServerResponse.ok().cacheControl(CacheControl.noStore()).body(answer.body());
    }

    private Verdict verdict(Loaded now, TrustProvider provider, TriedEvidence evidence, Instant time) {
        try {
            Verdict verdict =
                    compiler.attestor(now, provider, InstantSource.fixed(time)).attest(evidence.evidence());
            return verdict instanceof Verdict.Verified && !now.active(Kind.TRUST_PROVIDER, provider.name())
                    ? new Verdict.Rejected(Check.PROVIDER, "the trust provider is suspended")
                    : verdict;
        } catch (Unavailable broken) {
            return new Verdict.Rejected(Check.KEY, broken.what() + "; the token endpoint answers 503 meanwhile");
        }
    }
}
