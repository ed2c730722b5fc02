package dev.sallyport.core;

import dev.sallyport.core.attest.Attestation;
import dev.sallyport.core.attest.BindProof;
import dev.sallyport.core.attest.Check;
import dev.sallyport.core.policy.Permit;
import dev.sallyport.core.policy.Proof;
import dev.sallyport.core.possession.Confirmation;
import dev.sallyport.core.possession.KeyProof;
import dev.sallyport.core.possession.Possession;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The last check before a token: whether the caller holds what the token, or its evidence, is to be bound to. */
final class ProofCheck {

    private ProofCheck() {}

    /**
     * Why there is no token despite the permit; null where there is one.
     *
     * <p>A proof that is not good is refused whether or not one is needed. One that is, is spent here, by callers who may
     * have the token and by nobody else.
     */
    static @Nullable Refusal fault(Trial trial, Permit permit, ProofBindings bindings) {
        Refusal unheld = unheld(trial, permit);
        if (unheld != null) {
            return unheld;
        }
        if (trial.proof().ofPerson()) {
            return used(trial, bindings);
        }
        return trial.proof().terms().bindProof() == BindProof.REQUIRED ? foreign(trial, bindings) : null;
    }

    /** An ID token is spent by the decision that a token comes of; deciding the same request again finds it spent by itself. */
    private static @Nullable Refusal used(Trial trial, ProofBindings bindings) {
        Attestation proof = trial.proof();
        return bindings.bind(proof.provider(), proof.digest(), "decision:" + trial.decisionId(), proof.expires())
                ? null
                : new Refusal.EvidenceRefused(Check.SPENT, "the ID token has been used before; log in again");
    }

    /**
     * Evidence that must be bound is bound here, by callers who may have the token and by nobody else, so that a thief who
     * may not can't bind it either.
     */
    private static @Nullable Refusal foreign(Trial trial, ProofBindings bindings) {
        Confirmation proven = trial.request().possession().proven();
        if (proven.isNone()) {
            return new Refusal.ProofRefused(
                    "evidence of this trust provider needs a DPoP proof or a client certificate beside it");
        }
        String key = proven.jkt() != null
                ? Confirmation.JKT + ":" + proven.jkt()
                : Confirmation.CERTIFICATE + ":" + proven.certificate();
        Attestation proof = trial.proof();
        return bindings.bind(proof.provider(), proof.digest(), key, proof.expires())
                ? null
                : new Refusal.EvidenceRefused(Check.BINDING, "the evidence is bound to another key than the caller's");
    }

    private static @Nullable Refusal unheld(Trial trial, Permit permit) {
        Possession possession = trial.request().possession();
        return switch (possession.key()) {
            case KeyProof.Bad(var detail) -> new Refusal.ProofRefused(detail);
            case KeyProof.NonceWanted(var detail) -> new Refusal.NonceWanted(detail);
            case KeyProof.None _ ->
                permit.proofs().contains(Proof.DPOP)
                        ? new Refusal.ProofRefused(Refusal.ProofRefused.MISSING)
                        : uncertified(permit.proofs(), possession);
            case KeyProof.Held held -> {
                Refusal uncertified = uncertified(permit.proofs(), possession);
                yield uncertified == null ? spent(held, trial.decisionId()) : uncertified;
            }
        };
    }

    private static @Nullable Refusal uncertified(Set<Proof> needed, Possession possession) {
        return needed.contains(Proof.MTLS) && possession.certificate() == null
                ? new Refusal.CertificateMissing("a token for this target needs a client certificate")
                : null;
    }

    private static @Nullable Refusal spent(KeyProof.Held held, UUID decisionId) {
        return held.spend(decisionId) ? null : new Refusal.ProofRefused("the DPoP proof has been used before");
    }
}
