package dev.sallyport.core.attest;

/**
 * A trust provider that is ready to verify.
 *
 * @param name its name in the directory
 * @param type its type, such as {@code github-actions}
 * @param origin what the evidence says that it knows
 * @param terms how its evidence may be used
 * @param attestor the verifier itself
 */
public record Provider(String name, String type, Origin origin, EvidenceTerms terms, Attestor attestor) {

    /** One that is known by the {@code iss} of its tokens, with the terms of a document that says nothing. */
    public Provider(String name, String type, String issuer, Attestor attestor) {
        this(name, type, new Origin.Issuer(issuer), EvidenceTerms.DEFAULT, attestor);
    }
}
