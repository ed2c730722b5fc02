package dev.sallyport.attestation;

import dev.sallyport.core.attest.DocumentEvidence;
import dev.sallyport.core.attest.Enrolments;
import dev.sallyport.core.attest.Evidence;
import dev.sallyport.core.attest.TrustProvider;
import dev.sallyport.core.attest.TrustProvider.Keys;
import dev.sallyport.core.attest.Verdict;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What signed documents need from outside, kept in memory. */
final class TestOutside implements Enrolments, ChallengeBook {

    static final String JKT = "A".repeat(43);
    static final String OTHER_JKT = "B".repeat(43);

    final Map<String, Enrolment> enrolled = new HashMap<>();
    final Map<String, Instant> challenges = new HashMap<>();
    final Set<String> spent = new HashSet<>();
    AwsCertificates aws = AwsCertificates.shipped();
    AzureCertificates azure = AzureCertificates.shipped();

    @Nullable
    Ec2 ec2;

    @Nullable
    URI stsEndpoint;

    Fetch fetch = FakeFetch.nothing();
    Sts sts = (uri, headers) -> {
        throw new AssertionError("nobody was to ask AWS");
    };

    @Override
    public Optional<Enrolment> find(String provider, String instance) {
        return Optional.ofNullable(enrolled.get(provider + " " + instance));
    }

    @Override
    public Enrolment bind(String provider, Enrolment wanted) {
        Enrolment before = enrolled.putIfAbsent(provider + " " + wanted.instance(), wanted);
        return before == null ? wanted : before;
    }

    @Override
    public Optional<Instant> ends(String challenge, String jkt) {
        return Optional.ofNullable(challenges.get(challenge + " " + jkt));
    }

    @Override
    public boolean spend(String challenge, Instant ends) {
        return spent.add(challenge);
    }

    Providers providers(Instant now) {
        SignedDocuments documents = new SignedDocuments(
                TestIssuer.BROKER,
                new SignedDocuments.Outside(aws, azure, sts, stsEndpoint, ec2, fetch, this, this, null),
                InstantSource.fixed(now),
                () -> 0L,
                Runnable::run);
        return TestIssuer.providers(fetch).with(documents);
    }

    Verdict attest(TrustProvider document, Instant now, DocumentEvidence evidence) {
        return providers(now).compile(document, Set.of()).attestor().attest(evidence);
    }

    static DocumentEvidence evidence(String type, Map<String, Object> json) {
        return (DocumentEvidence) Evidence.document(type, json, JKT);
    }

    static TrustProvider aws(
            @Nullable List<TrustProvider.Instance> instances,
            @Nullable Boolean confirm,
            @Nullable Boolean tofu,
            @Nullable Duration maxAge) {
        return aws("aws-identity-document", Map.of(), List.of("111122223333"), null, instances, confirm, tofu, maxAge);
    }

    static TrustProvider aws(
            String type,
            Map<String, List<String>> require,
            @Nullable List<String> accounts,
            @Nullable List<String> regions,
            @Nullable List<TrustProvider.Instance> instances,
            @Nullable Boolean confirm,
            @Nullable Boolean tofu,
            @Nullable Duration maxAge) {
        return new TrustProvider(
                "ec2",
                type,
                null,
                List.of(),
                Keys.discovered(),
                require,
                List.of(),
                null,
                null,
                null,
                accounts,
                regions,
                null,
                null,
                null,
                instances,
                confirm,
                tofu,
                maxAge,
                null);
    }

    static TrustProvider azure(@Nullable String cloud, @Nullable Boolean fetch) {
        return new TrustProvider(
                "azure",
                "azure-attested-document",
                null,
                List.of(),
                Keys.discovered(),
                Map.of(),
                List.of(),
                null,
                null,
                null,
                null,
                null,
                List.of("5ca1ab1e-0000-4000-8000-00000000cafe"),
                cloud,
                fetch,
                null,
                null,
                null,
                null,
                null);
    }
}
