package dev.sallyport.store;

import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;

/** Which claims workloads proved in their access attempts: for those who ask whether platforms still send them. */
public interface Attestations {

    /**
     * Reads attempts whose evidence was good, the newest first; those whose detail was erased are left out. Of a window that has
     * too many, the newest of each of {@value AttestationQueries#SLICES} equal parts of the log are read.
     *
     * @param from the earliest time
     * @param to the first time that is too late
     * @throws TooBroad where that takes too long
     */
    Sample read(Instant from, Instant to, Consumer<Attested> each);

    /**
     * How much was read.
     *
     * @param read how many attempts
     * @param complete whether these are all
     */
    record Sample(long read, boolean complete) {}

    /**
     * What one workload proved.
     *
     * @param texts the names of the claims that are texts
     * @param lists the names of those that are lists
     */
    record Attested(Instant time, String provider, List<String> texts, List<String> lists) {}
}
