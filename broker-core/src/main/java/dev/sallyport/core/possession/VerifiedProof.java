package dev.sallyport.core.possession;

import java.time.Instant;
import java.util.UUID;

/** The only good proof there is; package-private, so that nothing outside can forge one. */
final class VerifiedProof implements KeyProof.Held {

    private final String jkt;
    private final ProofId id;
    private final Instant issued;
    private final SpentProofs spent;

    VerifiedProof(String jkt, ProofId id, Instant issued, SpentProofs spent) {
        this.jkt = jkt;
        this.id = id;
        this.issued = issued;
        this.spent = spent;
    }

    @Override
    public String jkt() {
        return jkt;
    }

    @Override
    public byte[] id() {
        return id.bytes();
    }

    @Override
    public Instant stale() {
        return issued.plus(DpopVerifier.WINDOW);
    }

    @Override
    public boolean spend(UUID use) {
        return spent.spend(id, issued, use);
    }

    @Override
    public String toString() {
        return "VerifiedProof[" + jkt + "]";
    }
}
