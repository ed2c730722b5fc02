package dev.sallyport.policy;

import dev.sallyport.core.policy.Ask;
import dev.sallyport.core.policy.Decision;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** How long a decision takes, with its percentiles. */
@State(Scope.Benchmark)
@BenchmarkMode({Mode.SampleTime, Mode.AverageTime})
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 2)
@Fork(1)
public class DecisionBenchmark {

    @Param({"100", "10000"})
    public int policies;

    @Param({"0", "1", "3"})
    public int conditions;

    /** How many different questions are asked in turn, a power of two; with 1, all that it reads is in the cache. */
    @Param({"1024"})
    public int asked;

    private PolicySet set = new PolicySet(List.of(), List.of());
    private Ask[] asks = {};
    private int next;

    @Setup
    public void compile() {
        BenchedOrganisation organisation = new BenchedOrganisation(policies, conditions);
        set = organisation.compile();
        asks = organisation.asks(asked);
    }

    @Benchmark
    public Decision decide() {
        next = (next + 1) & (asked - 1);
        return set.decide(asks[next]);
    }
}
