package dev.sallyport.policy;

import dev.sallyport.core.attest.TrustProvider;

/** A pin on a claim that the trust provider's evidence never has, so that none is accepted. */
record UnmetPin() implements LintRule.OfProviders {

    @Override
    public String code() {
        return "unmet-pin";
    }

    @Override
    public void check(TrustProvider provider, Platform platform, Report.Of report) {
        provider.require().keySet().stream()
                .filter(claim -> !platform.sends(claim))
                .forEach(claim -> report.provider(
                        provider.name(),
                        "require." + claim,
                        "The evidence of " + platform.type() + " has no claim " + claim
                                + ", so that none is accepted: correct the name, or list it in claims if it is there after"
                                + " all."));
    }
}
