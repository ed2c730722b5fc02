package dev.sallyport.api.admin;

import dev.sallyport.api.document.Documents;
import dev.sallyport.api.document.Kind;
import dev.sallyport.api.replay.Candidates;
import dev.sallyport.api.replay.Period;
import dev.sallyport.api.replay.Replay;
import dev.sallyport.api.replay.ReplayResult;
import dev.sallyport.api.replay.ReplayResult.Group;
import dev.sallyport.api.replay.Usage;
import dev.sallyport.api.replay.Usage.Scan;
import dev.sallyport.api.replay.Watch;
import dev.sallyport.api.state.DocumentSet.Held;
import dev.sallyport.api.state.Loaded;
import dev.sallyport.api.state.StateCompiler;
import dev.sallyport.core.Configuration;
import dev.sallyport.core.directory.Target;
import dev.sallyport.core.policy.Policy;
import dev.sallyport.core.policy.Policy.Effect;
import dev.sallyport.policy.PolicyUse;
import dev.sallyport.store.PostgresStore;
import dev.sallyport.store.StoredRevisions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Narrows policies to what was used of them, and proves that nothing would have been refused by that.
 *
 * @param loaded what is in force
 * @param from since when uses count
 * @param young whether to narrow policies that are younger than that
 */
record Tightening(Loaded loaded, Instant from, boolean young) {

    private static final Duration AT_MOST = Duration.ofSeconds(60);
    private static final long MOST_ENTRIES = 2_000_000;

    /** As many characters of JSON as a document may have bytes; names are ASCII, and what is not has a length of its own. */
    private static final int MOST_JSON = 128 * 1024;

    /** What is to become of a policy, or why nothing is. */
    enum Fate {
        TIGHTEN,
        REMOVE,
        /** All of it is used. */
        USED,
        /** It refuses, and a refusal that has not come about yet may be what it is for. */
        DENY,
        /** It is younger than the period. */
        YOUNG,
        /** It is about the broker's own API: who narrows that may lock himself out. */
        BUILT_IN,
        /** The narrower document would be too large. */
        LARGE,
        /** Not all of the period was or could be looked at, or the replay found a request that would have been refused. */
        UNPROVEN
    }

    /**
     * One policy.
     *
     * @param since when it came to be as it is
     * @param tightened the narrower one; null where there is none
     */
    record Finding(
            Held held,
            PolicyUse use,
            Instant since,
            boolean young,
            Fate fate,
            @Nullable Policy tightened) {

        Finding unproven() {
            boolean proposes = fate == Fate.TIGHTEN || fate == Fate.REMOVE;
            return proposes ? new Finding(held, use, since, young, Fate.UNPROVEN, null) : this;
        }
    }

    /** The findings, with the proof that goes with them. */
    record Proven(Instant from, Scan scan, List<Finding> findings, Proof proof) {}

    /**
     * What a replay of the same period says of all proposals together.
     *
     * @param decisions how many requests were decided again
     * @param denied how many of those that got a token would get none, or for fewer actions, and do so now
     * @param already how many the policies in force refuse as well: those were issued by earlier ones
     * @param gone how many came from an agent or were for a target that is no longer there
     * @param complete whether all were
     */
    record Proof(long decisions, long denied, long already, long gone, boolean complete) {

        boolean holds() {
            return complete && denied == 0;
        }
    }

    Proven run(List<Held> policies, PostgresStore store, StateCompiler compiler) {
        Map<String, PolicyUse> uses = new LinkedHashMap<>();
        policies.forEach(held -> uses.put(held.document().name(), new PolicyUse((Policy) held.document())));
        Scan scan = Usage.since(from, store, loaded, uses, watch());
        Map<Long, Instant> created = new HashMap<>();
        List<Finding> findings = policies.stream()
                .map(held -> finding(held, uses, created(held.since(), store.revisions(), created)))
                .filter(finding -> finding.fate() != Fate.DENY || finding.use().count() == 0)
                .toList();
        Proof proof = scan.complete() && scan.unreadable() == 0
                ? proof(scan, candidates(findings, compiler), store)
                : unproven();
        return proof.holds()
                ? new Proven(from, scan, findings, proof)
                : new Proven(
                        from, scan, findings.stream().map(Finding::unproven).toList(), proof);
    }

    private static Proof unproven() {
        return new Proof(0, 0, 0, 0, false);
    }

    private static Watch watch() {
        return Watch.atMost(AT_MOST, System::nanoTime).and((scanned, _) -> scanned < MOST_ENTRIES);
    }

    private static Instant created(long revision, StoredRevisions revisions, Map<Long, Instant> known) {
        return known.computeIfAbsent(
                revision, number -> revisions.find(number).orElseThrow().created());
    }

    private Finding finding(Held held, Map<String, PolicyUse> uses, Instant since) {
        PolicyUse use = Objects.requireNonNull(uses.get(held.document().name()));
        boolean isYoung = since.isAfter(from);
        Policy policy = use.policy();
        Policy tightened = use.tightened(loaded.documents().configuration().agents(), this::isTarget);
        Fate fate = fate(policy, tightened, isYoung && !young);
        return new Finding(held, use, since, isYoung, fate, fate == Fate.TIGHTEN ? tightened : null);
    }

    private static Fate fate(Policy policy, @Nullable Policy tightened, boolean tooYoung) {
        if (policy.effect() == Effect.DENY) {
            return Fate.DENY;
        }
        if (policy.targets().contains(Target.BUILT_IN)) {
            return Fate.BUILT_IN;
        }
        if (tooYoung) {
            return Fate.YOUNG;
        }
        if (tightened == null) {
            return Fate.REMOVE;
        }
        if (tightened.equals(policy)) {
            return Fate.USED;
        }
        boolean large = Documents.write(Kind.POLICY, tightened).json().length() > MOST_JSON;
        return large ? Fate.LARGE : Fate.TIGHTEN;
    }

    private boolean isTarget(String name) {
        return loaded.documents().find(Kind.TARGET, name).isPresent();
    }

    /** All policies as the proposals would leave them, checked as those of a revision are. */
    private Candidates candidates(List<Finding> findings, StateCompiler compiler) {
        Map<String, Finding> byName = new HashMap<>();
        findings.forEach(finding -> byName.put(finding.held().document().name(), finding));
        List<Policy> policies = new ArrayList<>();
        Configuration before = loaded.documents().configuration();
        for (Policy policy : before.policies()) {
            Finding finding = byName.get(policy.name());
            Policy tightened = finding == null ? null : finding.tightened();
            if (finding == null || finding.fate() != Fate.REMOVE) {
                policies.add(tightened == null ? policy : tightened);
            }
        }
        compiler.check(new Configuration(before.trustProviders(), before.agents(), before.targets(), policies), loaded);
        return Candidates.of(policies, loaded);
    }

    private Proof proof(Scan scan, Candidates candidates, PostgresStore store) {
        Period period = new Period(from, null, scan.range().from(), scan.range().to());
        ReplayResult result = Replay.run(store, candidates, period, watch());
        long denied = 0;
        long already = 0;
        long gone = 0;
        for (Group group : result.groups()) {
            if (group.difference().denies()) {
                if (!group.difference().newDenial()) {
                    already += group.count();
                } else if (isGone(group)) {
                    gone += group.count();
                } else {
                    denied += group.count();
                }
            }
        }
        return new Proof(
                result.counts().decided(),
                denied,
                already,
                gone,
                result.complete() && !result.overflown() && result.counts().unreadable() == 0);
    }

    private boolean isGone(Group group) {
        String target = group.difference().target();
        return loaded.documents().find(Kind.AGENT, group.difference().agent()).isEmpty()
                || !(target.equals(Target.BUILT_IN) || isTarget(target));
    }
}
