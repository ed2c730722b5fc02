package dev.sallyport.core.attest;

import java.time.Instant;

/** What an {@link Attestor} found. */
public sealed interface Verdict {

    /**
     * The evidence holds.
     *
     * @param subject the platform's own name for the workload
     * @param claims the normalised claims that are kept
     * @param issued when the platform issued the evidence
     * @param expires when the evidence ends; a token never outlives it
     * @param digest SHA-256 of the evidence, in hexadecimal
     */
    record Verified(String subject, Claims claims, Instant issued, Instant expires, String digest) implements Verdict {}

    /**
     * The evidence does not hold.
     *
     * @param check the first check that failed
     * @param detail why, in words fit for the caller
     */
    record Rejected(Check check, String detail) implements Verdict {

        /** Whether the evidence was not even signed by this provider, so that another one may still know it. */
        public boolean foreign() {
            return check.compareTo(Check.SIGNATURE) <= 0;
        }
    }
}
