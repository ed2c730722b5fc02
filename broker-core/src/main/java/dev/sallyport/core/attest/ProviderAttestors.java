package dev.sallyport.core.attest;

import dev.sallyport.core.attest.Verdict.Rejected;
import dev.sallyport.core.attest.Verdict.Verified;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Asks the configured trust providers.
 *
 * <p>The token's {@code iss} only chooses which trust providers look at it. Of those, exactly one must know the key that
 * signed it; where several do, nobody can say whose word it is, and it is refused. Documents have no {@code iss}: the trust
 * providers of their type look at them, each of which knows its own accounts.
 */
final class ProviderAttestors implements Attestors {

    private final Map<String, List<Provider>> byIssuer;
    private final Map<String, List<Provider>> byType;
    private final Set<String> names;
    private final Set<String> suspended;
    private final InstantSource clock;

    ProviderAttestors(Collection<Provider> providers, Set<String> suspended, InstantSource clock) {
        this.byIssuer = providers.stream()
                .filter(provider -> provider.issuer() != null)
                .collect(Collectors.groupingBy(provider -> Objects.requireNonNull(provider.issuer())));
        this.byType = providers.stream()
                .filter(provider -> provider.issuer() == null)
                .collect(Collectors.groupingBy(Provider::type));
        this.names = providers.stream().map(Provider::name).collect(Collectors.toUnmodifiableSet());
        this.suspended = Set.copyOf(suspended);
        this.clock = clock;
    }

    @Override
    public Appraisal attest(Evidence evidence) {
        return switch (evidence) {
            case Evidence.Unreadable(var check, var problem) -> new NotAttested(check, problem);
            case JwtEvidence jwt -> attest(jwt);
            case DocumentEvidence document -> attest(document);
        };
    }

    @Override
    public boolean trusts(String provider) {
        return names.contains(provider) && !suspended.contains(provider);
    }

    private Appraisal attest(JwtEvidence jwt) {
        String issuer = jwt.text("iss");
        if (issuer == null) {
            return new NotAttested(Check.ISSUER, "the token has no iss claim");
        }
        Appraisal answer = new NotAttested(Check.ISSUER, "no trust provider is configured for the token's issuer");
        boolean known = false;
        for (Provider provider : byIssuer.getOrDefault(issuer, List.of())) {
            Verdict verdict = provider.attestor().attest(jwt);
            boolean foreign = verdict instanceof Rejected rejected && rejected.foreign();
            if (known && !foreign) {
                return new NotAttested(Check.KEY, "several trust providers hold the key that signed the token");
            }
            if (!known) {
                answer = stamp(provider, verdict);
            }
            known |= !foreign;
        }
        return answer;
    }

    /**
     * No two trust providers of a type have an account in common: who does not say that it is another's speaks for all. A
     * suspended one is not even asked, since to be asked may bind a machine to a key.
     */
    private Appraisal attest(DocumentEvidence document) {
        Appraisal answer = new NotAttested(Check.ISSUER, "no trust provider is configured for documents of this type");
        for (Provider provider : byType.getOrDefault(document.type(), List.of())) {
            if (suspended.contains(provider.name())) {
                answer = new NotAttested(Check.PROVIDER, "a trust provider that may vouch is suspended");
                continue;
            }
            Verdict verdict = provider.attestor().attest(document);
            if (!(verdict instanceof Rejected(var check, var _)) || check != Check.ISSUER) {
                return stamp(provider, verdict);
            }
            answer = stamp(provider, verdict);
        }
        return answer;
    }

    private Appraisal stamp(Provider provider, Verdict verdict) {
        return switch (verdict) {
            case Rejected(var check, var detail) -> new NotAttested(check, detail);
            case Verified _
            when suspended.contains(provider.name()) ->
                new NotAttested(Check.PROVIDER, "the trust provider that vouches is suspended");
            case Verified(var subject, var claims, var issued, var expires, var digest) ->
                new StampedAttestation(
                        provider.name(), provider.type(), subject, claims, issued, expires, clock.instant(), digest);
        };
    }
}
