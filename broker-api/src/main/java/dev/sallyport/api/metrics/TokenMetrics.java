package dev.sallyport.api.metrics;

import dev.sallyport.api.token.TokenObserver;
import dev.sallyport.core.Refusal;
import dev.sallyport.core.attest.Check;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Counts and times the answers of the token endpoint.
 *
 * <p>No label comes from a caller or a document, so that nobody can make more series. All start at 0: the first refusal of
 * a kind is then a rise, and not a series that appears.
 */
public final class TokenMetrics implements TokenObserver {

    private static final String NONE = "none";
    private static final Labels ISSUED = new Labels("issued", NONE, "");
    private static final Labels FAILED = new Labels("failed", NONE, "");
    private static final List<Refusal> REFUSALS = List.of(
            new Refusal.Malformed("", ""),
            new Refusal.UnsupportedGrant(""),
            new Refusal.AgentRefused(""),
            new Refusal.TargetRefused(""),
            new Refusal.ActionRefused(""),
            new Refusal.ProofRefused(""),
            new Refusal.NonceWanted(""),
            new Refusal.CertificateMissing(""),
            new Refusal.TooFast("", Duration.ZERO),
            new Refusal.OutOfReach(""));

    private record Labels(String outcome, String reason, String check) {}

    private final MeterRegistry registry;
    private final Map<Labels, Counter> requests = new ConcurrentHashMap<>();
    private final Map<String, Timer> times = new ConcurrentHashMap<>();

    public TokenMetrics(MeterRegistry registry) {
        this.registry = registry;
        prepare(ISSUED);
        prepare(FAILED);
        REFUSALS.forEach(refusal -> prepare(labels(refusal)));
        for (Check check : Check.values()) {
            prepare(labels(new Refusal.EvidenceRefused(check, "")));
        }
    }

    @Override
    public void issued(long nanos) {
        count(ISSUED, nanos);
    }

    @Override
    public void refused(Refusal refusal, long nanos) {
        count(labels(refusal), nanos);
    }

    @Override
    public void failed(long nanos) {
        count(FAILED, nanos);
    }

    private static Labels labels(Refusal refusal) {
        String reason = refusal.reason();
        return switch (refusal) {
            case Refusal.TooLarge _, Refusal.Malformed _, Refusal.UnsupportedGrant _ ->
                new Labels("malformed", reason, "");
            case Refusal.EvidenceRefused(var check, var _) -> new Labels("refused", reason, check.label());
            case Refusal.AgentRefused _, Refusal.TargetRefused _, Refusal.ActionRefused _, Refusal.DetailsRefused _ ->
                new Labels("refused", reason, "");
            case Refusal.ProofRefused _, Refusal.NonceWanted _, Refusal.CertificateMissing _ ->
                new Labels("refused", reason, "");
            case Refusal.TooFast _ -> new Labels("refused", reason, "");
            case Refusal.OutOfReach _ -> new Labels("unavailable", reason, "");
        };
    }

    private void count(Labels labels, long nanos) {
        requests.computeIfAbsent(labels, this::counter).increment();
        times.computeIfAbsent(labels.outcome, this::timer).record(nanos, TimeUnit.NANOSECONDS);
    }

    private void prepare(Labels labels) {
        requests.computeIfAbsent(labels, this::counter);
        times.computeIfAbsent(labels.outcome, this::timer);
    }

    private Counter counter(Labels labels) {
        return Counter.builder("sallyport.token.requests")
                .description("answers of the token endpoint")
                .tag("outcome", labels.outcome)
                .tag("reason", labels.reason)
                .tag("check", labels.check)
                .register(registry);
    }

    private Timer timer(String outcome) {
        return Buckets.timer("sallyport.token", "time until a request to the token endpoint was decided")
                .tag("outcome", outcome)
                .register(registry);
    }
}
