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
import org.jspecify.annotations.Nullable;

/**
 * Verifies documents of one type for one trust provider: what they say first, then the pins, and only then what leaves a trace.
 *
 * @param require the pins: each claim must have one of its values
 * @param rehearsal whether it is only tried: then a document without a key is tried for what it says by itself
 */
record DocumentAttestor(Appraiser appraiser, Map<String, List<String>> require, InstantSource clock, boolean rehearsal)
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

        /**
         * What it proves without a key, in a trial; by default nothing. It leaves no trace either.
         *
         * @return null where the document says nothing without the key that it was made for
         */
        default @Nullable Verified rehearsed(DocumentEvidence document, Instant now) {
            return null;
        }
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
        Instant now = clock.instant();
        try {
            if (jkt == null) {
                return withoutKey(document, now);
            }
            Verified verified = appraiser.verified(document, jkt, now);
            checkPins(verified.claims());
            return appraiser.settled(verified, document, jkt, now);
        } catch (NotProven e) {
            return e.verdict();
        }
    }

    private Verdict withoutKey(DocumentEvidence document, Instant now) {
        Verified verified = rehearsal ? appraiser.rehearsed(document, now) : null;
        if (verified == null) {
            return new Rejected(
                    Check.HOLDER, "a document needs a DPoP proof beside it, since anybody could have a copy");
        }
        checkPins(verified.claims());
        return verified;
    }

    private void checkPins(Claims claims) {
        require.forEach((name, values) -> NotProven.unless(
                claims.any(name, Set.copyOf(values)::contains),
                Check.PIN,
                name + " is not one of the required values"));
    }
}
