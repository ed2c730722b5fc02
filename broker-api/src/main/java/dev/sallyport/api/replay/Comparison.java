package dev.sallyport.api.replay;

import dev.sallyport.api.replay.Difference.Cause;
import dev.sallyport.api.replay.Difference.Kind;
import dev.sallyport.core.attest.BindProof;
import dev.sallyport.core.attest.EvidenceTerms;
import dev.sallyport.core.policy.Proof;
import dev.sallyport.policy.Ruling;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Compares what happened with what the candidates decide: whether there would be a token, for which actions, and for how long.
 *
 * @param then what happened
 * @param now what the candidates decide
 * @param terms what the trust provider said of its evidence
 */
record Comparison(RecordedDecision then, Ruling now, EvidenceTerms terms) {

    /** What differs; null where nothing does. */
    @Nullable
    Difference difference() {
        if (then.refusedRegardless()) {
            return null;
        }
        Cause refused = refused();
        if (!then.issued()) {
            return refused == null ? of(Kind.NEWLY_ALLOWED, null, null) : null;
        }
        return refused == null ? token() : of(Kind.NEWLY_DENIED, null, refused);
    }

    private @Nullable Cause refused() {
        if (!now.permitted()) {
            return Cause.POLICY;
        }
        return held(now.narrowed().proofs()) ? null : Cause.PROOF;
    }

    private boolean held(Set<Proof> wanted) {
        String shown = then.request().proof();
        return (!wanted.contains(Proof.DPOP) || shown.contains("dpop"))
                && (!wanted.contains(Proof.MTLS) || shown.contains("mtls"))
                && (terms.bindProof() != BindProof.REQUIRED || !shown.equals("none"));
    }

    private @Nullable Difference token() {
        List<String> before = then.actions();
        List<String> after = now.actions();
        int time = Long.compare(lifetime(), then.lifetime());
        boolean fewer = !after.containsAll(before);
        boolean more = !before.containsAll(after);
        Duration ttl = time == 0 ? null : now.narrowed().ttl();
        if (!fewer && !more && time == 0) {
            return null;
        }
        if (!more && time <= 0) {
            return of(Kind.NARROWED, ttl, null);
        }
        return !fewer && time >= 0 ? of(Kind.WIDENED, ttl, null) : of(Kind.CHANGED, ttl, null);
    }

    /** In seconds: what the candidates allow, as far as the evidence lets them. That let a token live as long as this one at least. */
    private long lifetime() {
        long byEvidence = then.evidenceEnds()
                + terms.beyond().toSeconds()
                - then.request().time().getEpochSecond();
        return Math.min(now.narrowed().ttl().toSeconds(), Math.max(byEvidence, then.lifetime()));
    }

    private Difference of(Kind kind, @Nullable Duration ttl, @Nullable Cause cause) {
        return new Difference(
                kind,
                Objects.requireNonNull(then.agent()),
                Objects.requireNonNull(then.target()),
                then.actions(),
                cause == null ? now.actions() : List.of(),
                ttl,
                cause,
                now.policies(),
                false,
                false,
                false);
    }
}
