package dev.sallyport.api.metrics;

import dev.sallyport.core.State;
import dev.sallyport.core.attest.Appraisal;
import dev.sallyport.core.attest.Attestation;
import dev.sallyport.core.attest.Attestors;
import dev.sallyport.core.attest.Claims;
import dev.sallyport.core.attest.Evidence;
import dev.sallyport.core.attest.EvidenceTerms;
import dev.sallyport.core.directory.Directory;
import dev.sallyport.core.directory.Lookup;
import dev.sallyport.core.directory.Resolution;
import dev.sallyport.core.log.IssuanceLog;
import dev.sallyport.core.policy.PolicyEngine;
import dev.sallyport.core.token.TokenMinter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Times the rooms of every state that it is given, and the log.
 *
 * <p>A room that throws is timed as well. The timers are looked up once: a room costs two looks at the clock more.
 */
public final class TimedRooms implements UnaryOperator<State> {

    private final Timer attest;
    private final Timer resolve;
    private final Timer decide;
    private final Timer mint;
    private final Timer append;

    public TimedRooms(MeterRegistry registry) {
        this.attest = timer(registry, "attest");
        this.resolve = timer(registry, "resolve");
        this.decide = timer(registry, "decide");
        this.mint = timer(registry, "mint");
        this.append = timer(registry, "append");
    }

    private static Timer timer(MeterRegistry registry, String room) {
        return Buckets.timer("sallyport.room", "time spent in one room of the broker")
                .tag("room", room)
                .register(registry);
    }

    @Override
    public State apply(State state) {
        PolicyEngine policy = state.policy();
        TokenMinter minter = state.minter();
        return new State(
                state.epoch(),
                state.revision(),
                new TimedAttestors(state.attestors(), attest),
                new TimedDirectory(state.directory(), resolve),
                ask -> timed(decide, () -> policy.decide(ask)),
                state.keys(),
                permit -> timed(mint, () -> minter.mint(permit)));
    }

    /** The log, timed as the last room. */
    public IssuanceLog timed(IssuanceLog log) {
        return (entry, epoch) -> timed(append, () -> log.append(entry, epoch));
    }

    private static <T> T timed(Timer timer, Supplier<T> room) {
        long started = System.nanoTime();
        try {
            return room.get();
        } finally {
            timer.record(System.nanoTime() - started, TimeUnit.NANOSECONDS);
        }
    }

    private record TimedAttestors(Attestors attestors, Timer timer) implements Attestors {

        @Override
        public Appraisal attest(Evidence evidence) {
            return timed(timer, () -> attestors.attest(evidence));
        }

        @Override
        public boolean trusts(String provider) {
            return attestors.trusts(provider);
        }

        @Override
        public EvidenceTerms terms(String provider) {
            return attestors.terms(provider);
        }
    }

    private record TimedDirectory(Directory directory, Timer timer) implements Directory {

        @Override
        public Resolution resolve(Attestation proof, @Nullable String clientId) {
            return timed(timer, () -> directory.resolve(proof, clientId));
        }

        @Override
        public boolean binds(String provider, Claims claims) {
            return directory.binds(provider, claims);
        }

        @Override
        public Lookup target(List<String> resources) {
            return timed(timer, () -> directory.target(resources));
        }
    }
}
