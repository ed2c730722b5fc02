package dev.sallyport.core.attest;

import java.time.InstantSource;
import java.util.Collection;
import java.util.Set;

/** The first room: evidence goes in, an attestation or the reason why not comes out. */
public interface Attestors {

    /**
     * Joins trust providers.
     *
     * @param suspended the names of those whose word counts for nothing now
     */
    static Attestors of(Collection<Provider> providers, Set<String> suspended, InstantSource clock) {
        return new ProviderAttestors(providers, suspended, clock);
    }

    Appraisal attest(Evidence evidence);

    /** Whether a trust provider of that name is there and not suspended. */
    boolean trusts(String provider);

    /** How that trust provider's evidence may be used; the default where there is none. */
    EvidenceTerms terms(String provider);
}
