package dev.sallyport.core.attest;

import org.jspecify.annotations.Nullable;

/**
 * A trust provider that is ready to verify.
 *
 * @param name its name in the directory
 * @param type its type, such as {@code github-actions}
 * @param issuer the {@code iss} of the tokens that it knows; null where its evidence is no token, and is known by its type
 * @param attestor the verifier itself
 */
public record Provider(String name, String type, @Nullable String issuer, Attestor attestor) {}
