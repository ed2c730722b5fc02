package dev.sallyport.core.attest;

/**
 * A trust provider that is ready to verify.
 *
 * @param name its name in the directory
 * @param type its type, such as {@code github-actions}
 * @param issuer the {@code iss} of the evidence that it knows
 * @param attestor the verifier itself
 */
public record Provider(String name, String type, String issuer, Attestor attestor) {}
