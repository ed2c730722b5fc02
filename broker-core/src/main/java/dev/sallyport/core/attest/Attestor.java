package dev.sallyport.core.attest;

/**
 * Verifies one trust provider's evidence.
 *
 * <p>Duties: check everything in {@link Check}'s order; keep no evidence; return within two seconds; throw
 * {@link dev.sallyport.core.Unavailable} where the verifier's keys or service can't be reached, and nothing else. An
 * attestor never says which provider it speaks for: {@link Attestors} stamps that on.
 */
@FunctionalInterface
public interface Attestor {

    Verdict attest(Evidence evidence);
}
