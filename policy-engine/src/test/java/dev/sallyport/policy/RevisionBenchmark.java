package dev.sallyport.policy;

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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** How long a revision of the policy set takes to compile in a fresh JVM, and how much memory it keeps. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 0)
@Measurement(iterations = 1)
@Fork(3)
public class RevisionBenchmark {

    @Param({"10000"})
    public int policies;

    /** With 3, there are 4,000 distinct conditions at 10,000 policies: three of each team, and its deny's. */
    @Param({"3"})
    public int conditions;

    private BenchedOrganisation organisation = new BenchedOrganisation(10, 0);
    private PolicySet set = new PolicySet(List.of(), List.of());
    private long before;

    @Setup
    public void found() {
        organisation = new BenchedOrganisation(policies, conditions);
        before = used();
    }

    @Benchmark
    public Object compile() {
        set = organisation.compile();
        return set;
    }

    @TearDown
    public void weigh() {
        System.out.printf("%n# the compiled revision keeps %,d MiB (%s)%n", (used() - before) >> 20, set.getClass());
    }

    private static long used() {
        Runtime runtime = Runtime.getRuntime();
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
