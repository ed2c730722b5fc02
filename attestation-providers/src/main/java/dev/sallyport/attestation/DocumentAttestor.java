package dev.sallyport.attestation;

import dev.sallyport.core.attest.Attestor;
import dev.sallyport.core.attest.Check;
import dev.sallyport.core.attest.Claims;
import dev.sallyport.core.attest.DocumentEvidence;
import dev.sallyport.core.attest.Evidence;
import dev.sallyport.core.attest.JwtEvidence;
import dev.sallyport.core.attest.Verdict;
import dev.sallyport.core.attest.Verdict.Rejected;
import dev.sallyport.core.attest.Verdict.Verified;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Verifies documents of one type for one trust provider: what they say first, then the pins, and only then what leaves a trace.
 *
 * @param require the pins: each claim must have one of its values
 */
record DocumentAttestor(Appraiser appraiser, Map<String, List<String>> require, InstantSource clock)
        implements Attestor {

    /** One technique of proof. Both methods throw {@link NotProven} where there is none. */
    interface Appraiser {

        /**
         * What the document proves. It leaves no trace.
         *
         * @param jkt the thumbprint of the key that the caller holds
         */
        Verified verified(DocumentEvidence document, String jkt, Instant now);

        /** Makes sure that it may be used by this caller now, and uses it up. */
        Verified settled(Verified verified, DocumentEvidence document, String jkt, Instant now);
    }

    @Override
    public Verdict attest(Evidence evidence) {
        return switch (evidence) {
            case Evidence.Unreadable(var check, var problem) -> new Rejected(check, problem);
            case JwtEvidence _ -> new Rejected(Check.FORMAT, "the evidence is a token, not a document");
            case DocumentEvidence document -> attest(document);
        };
    }

    private Verdict attest(DocumentEvidence document) {
        String jkt = document.jkt();
        if (jkt == null) {
            return new Rejected(
                    Check.HOLDER, "a document needs a DPoP proof beside it, since anybody could have a copy");
        }
        Instant now = clock.instant();
        try {
            Verified verified = appraiser.verified(document, jkt, now);
            checkPins(verified.claims());
            return appraiser.settled(verified, document, jkt, now);
        } catch (NotProven e) {
            return e.verdict();
        }
    }

    private void checkPins(Claims claims) {
        require.forEach((name, values) -> NotProven.unless(
                claims.any(name, Set.copyOf(values)::contains),
                Check.PIN,
                name + " is not one of the required values"));
    }
}
