package dev.sallyport.policy;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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

/** How long it takes to tell who could reach one target, and what one agent could reach: all pages of 500 rows. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 1)
@Measurement(iterations = 5)
@Fork(1)
public class AccessBenchmark {

    private static final int PAGE = 500;

    @Param({"10000"})
    public int policies;

    @Param({"3"})
    public int conditions;

    private Realm realm = Realm.of(new PolicySet(List.of(), List.of()), List.of(), List.of());

    @Setup
    public void found() {
        BenchedOrganisation organisation = new BenchedOrganisation(policies, conditions);
        realm = Realm.of(organisation.compile(), organisation.agents, organisation.targets);
    }

    @Benchmark
    public long wholeTarget() {
        return rows(realm.only(null, "target-7"), null);
    }

    @Benchmark
    public long oneActionOfATarget() {
        return rows(realm.only(null, "target-7"), "docs:write");
    }

    @Benchmark
    public long wholeAgent() {
        return rows(realm.only("team-7-3", null), null);
    }

    @Benchmark
    public long firstPageOfAll() {
        return new AccessList(realm, null).page(Place.START, PAGE).items().size();
    }

    private static long rows(Realm realm, @Nullable String action) {
        AccessList list = new AccessList(realm, action);
        long rows = 0;
        Place next = Place.START;
        while (next != null) {
            AccessPage<Access> page = list.page(next, PAGE);
            rows += page.items().size();
            next = page.next();
        }
        return rows;
    }
}
