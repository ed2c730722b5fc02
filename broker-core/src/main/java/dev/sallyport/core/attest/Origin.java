package dev.sallyport.core.attest;

/** By what evidence says whose it is: chooses the trust providers that look at it. */
public sealed interface Origin {

    /** The {@code iss} of a token. */
    record Issuer(String iss) implements Origin {}

    /** The {@code iss} of a person's ID token: nobody who vouches for workloads looks at one, and the other way round. */
    record People(String iss) implements Origin {}

    /** The SPIFFE trust domain of a token's {@code sub}. */
    record TrustDomain(String name) implements Origin {}

    /** The type of evidence that is no token, and is known by that alone. */
    record Type(String name) implements Origin {}
}
