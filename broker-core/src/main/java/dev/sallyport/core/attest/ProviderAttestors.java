package dev.sallyport.core.attest;

import dev.sallyport.core.attest.Verdict.Rejected;
import dev.sallyport.core.attest.Verdict.Verified;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Asks the configured trust providers.
 *
 * <p>The token's {@code iss}, and the trust domain of a {@code sub} that is a SPIFFE ID, only choose which trust providers
 * look at it. Of those, exactly one must know the key that signed it; where several do, nobody can say whose word it is, and
 * it is refused. Documents have neither: the trust providers of their type look at them, each of which knows its own accounts.
 */
final class ProviderAttestors implements Attestors {

    private final Map<Origin, List<Provider>> byOrigin;
    private final Map<String, EvidenceTerms> terms;
    private final Set<String> suspended;
    private final InstantSource clock;

    ProviderAttestors(Collection<Provider> providers, Set<String> suspended, InstantSource clock) {
        this.byOrigin = providers.stream().collect(Collectors.groupingBy(Provider::origin));
        this.terms = providers.stream().collect(Collectors.toUnmodifiableMap(Provider::name, Provider::terms));
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
        return terms.containsKey(provider) && !suspended.contains(provider);
    }

    @Override
    public EvidenceTerms terms(String provider) {
        return terms.getOrDefault(provider, EvidenceTerms.DEFAULT);
    }

    private Appraisal attest(JwtEvidence jwt) {
        List<Origin> origins = origins(jwt);
        Appraisal answer = new NotAttested(Check.ISSUER, nobodys(origins));
        boolean known = false;
        for (Provider provider : candidates(origins)) {
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

    /** JWT-SVIDs may carry or lack an issuer; their trust domain is what counts. */
    private static List<Origin> origins(JwtEvidence jwt) {
        List<Origin> origins = new ArrayList<>(2);
        String issuer = jwt.text("iss");
        if (jwt.use() == JwtEvidence.Use.ID_TOKEN) {
            return issuer == null ? List.of() : List.of(new Origin.People(issuer));
        }
        if (issuer != null) {
            origins.add(new Origin.Issuer(issuer));
        }
        jwt.spiffeId().ifPresent(id -> origins.add(new Origin.TrustDomain(id.trustDomain())));
        return origins;
    }

    private List<Provider> candidates(List<Origin> origins) {
        List<Provider> candidates = new ArrayList<>();
        origins.forEach(origin -> candidates.addAll(byOrigin.getOrDefault(origin, List.of())));
        return candidates;
    }

    private static String nobodys(List<Origin> origins) {
        if (origins.isEmpty()) {
            return "the token has no iss claim";
        }
        return switch (origins.getLast()) {
            case Origin.Issuer _ -> "no trust provider is configured for the token's issuer";
            case Origin.People _ -> "no trust provider vouches for the people of the token's issuer";
            case Origin.TrustDomain _ -> "no trust provider is configured for the trust domain of the token's subject";
            case Origin.Type _ -> throw new IllegalArgumentException("a token is not known by its type");
        };
    }

    /**
     * No two trust providers of a type have an account in common: who does not say that it is another's speaks for all. A
     * suspended one is not even asked, since to be asked may bind a machine to a key.
     */
    private Appraisal attest(DocumentEvidence document) {
        Appraisal answer = new NotAttested(Check.ISSUER, "no trust provider is configured for documents of this type");
        for (Provider provider : byOrigin.getOrDefault(new Origin.Type(document.type()), List.of())) {
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
                        provider.name(),
                        provider.type(),
                        subject,
                        claims,
                        issued,
                        expires,
                        clock.instant(),
                        digest,
                        provider.terms());
        };
    }
}
