package dev.sallyport.attestation;

import dev.sallyport.core.Invalid;
import dev.sallyport.core.attest.Enrolments;
import dev.sallyport.core.attest.EvidenceTerms;
import dev.sallyport.core.attest.Origin;
import dev.sallyport.core.attest.Provider;
import dev.sallyport.core.attest.TrustProvider;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Turns the documents of trust providers whose evidence is no token into verifiers. */
public final class SignedDocuments {

    /** The types of those trust providers. */
    public static final Set<String> TYPES =
            Set.of(AwsIdentityDocument.TYPE, AwsCallerIdentity.TYPE, AzureAttestedDocument.TYPE);

    /** The longest after its start that a machine is believed whose key nobody vouches for. */
    private static final Duration FIRST_USE = Duration.ofMinutes(5);

    private final String issuer;
    private final Outside outside;
    private final StsCalls sts;
    private final Intermediates intermediates;
    private final InstantSource clock;
    private final boolean rehearsal;

    /**
     * What they need from outside.
     *
     * @param aws the keys of AWS's documents
     * @param azure the roots of Azure's
     * @param sts sends requests to AWS's security token service
     * @param stsEndpoint where that is, if it is not AWS's own of each region
     * @param ec2 asks AWS for machines; null where there is no way to ask
     * @param fetch fetches certificates
     * @param crypto the cryptography to verify with; null for the JDK's
     */
    public record Outside(
            AwsCertificates aws,
            AzureCertificates azure,
            Sts sts,
            @Nullable URI stsEndpoint,
            @Nullable Ec2 ec2,
            Fetch fetch,
            Enrolments enrolments,
            ChallengeBook challenges,
            java.security.@Nullable Provider crypto) {}

    /**
     * Prepares to compile.
     *
     * @param issuer the broker's own issuer
     */
    public SignedDocuments(String issuer, Outside outside, InstantSource clock, LongSupplier nanoTime) {
        this(issuer, outside, clock, nanoTime, Thread::startVirtualThread);
    }

    SignedDocuments(String issuer, Outside outside, InstantSource clock, LongSupplier nanoTime, Executor background) {
        this(
                issuer,
                outside,
                new StsCalls(outside.sts, outside.stsEndpoint, nanoTime),
                new Intermediates(outside.fetch, background, nanoTime),
                clock,
                false);
    }

    private SignedDocuments(
            String issuer,
            Outside outside,
            StsCalls sts,
            Intermediates intermediates,
            InstantSource clock,
            boolean rehearsal) {
        this.issuer = issuer;
        this.outside = outside;
        this.sts = sts;
        this.intermediates = intermediates;
        this.clock = clock;
        this.rehearsal = rehearsal;
    }

    /** The same at another time, leaving no trace: nothing is enrolled and no challenge used. */
    SignedDocuments rehearsed(InstantSource time) {
        Outside traceless = new Outside(
                outside.aws,
                outside.azure,
                outside.sts,
                outside.stsEndpoint,
                outside.ec2,
                outside.fetch,
                new Enrolments() {
                    @Override
                    public Optional<Enrolment> find(String provider, String instance) {
                        return outside.enrolments.find(provider, instance);
                    }

                    @Override
                    public Enrolment bind(String provider, Enrolment wanted) {
                        return wanted;
                    }
                },
                new ChallengeBook() {
                    @Override
                    public Optional<Instant> ends(String challenge, String jkt) {
                        return outside.challenges.ends(challenge, jkt);
                    }

                    @Override
                    public boolean spend(String challenge, Instant ends) {
                        return true;
                    }
                },
                outside.crypto);
        return new SignedDocuments(issuer, traceless, sts, intermediates, time, true);
    }

    /** Throws {@link Invalid} naming the field that breaks a rule. */
    Provider compile(TrustProvider document) {
        DocumentRules.checkNoToken(document);
        DocumentAttestor.Appraiser appraiser = switch (document.type()) {
            case AwsIdentityDocument.TYPE -> identityDocument(document);
            case AwsCallerIdentity.TYPE -> callerIdentity(document);
            default -> attestedDocument(document);
        };
        return new Provider(
                document.name(),
                document.type(),
                new Origin.Type(document.type()),
                EvidenceTerms.DEFAULT,
                new DocumentAttestor(appraiser, document.require(), clock, rehearsal));
    }

    private AwsIdentityDocument identityDocument(TrustProvider document) {
        DocumentRules.checkAbsent(document, "subscriptions", "cloud", "fetchIntermediates");
        boolean tofu = Boolean.TRUE.equals(document.tofu());
        boolean confirm = Boolean.TRUE.equals(document.confirm());
        Invalid.unless(
                tofu || confirm || document.instances() != null,
                "instances",
                "is missing: name machines and their keys, or let machines enrol by confirm or tofu");
        Invalid.unless(
                !confirm || outside.ec2 != null,
                "confirm",
                "needs a way to ask AWS for machines, and this broker has none");
        Invalid.unless(
                document.maxAge() == null || tofu || confirm,
                "maxAge",
                "is for machines that enrol by confirm or tofu");
        Invalid.unless(
                !tofu || document.maxAge() == null || document.maxAge().compareTo(FIRST_USE) <= 0,
                "maxAge",
                "must be PT5M at most with tofu");
        Enrolling enrolling = new Enrolling(
                document.name(),
                registered(document),
                confirm ? outside.ec2 : null,
                tofu || confirm,
                document.maxAge() == null && tofu ? FIRST_USE : document.maxAge(),
                outside.enrolments);
        return new AwsIdentityDocument(
                DocumentRules.accounts(document), regions(document), outside.aws, outside.crypto, enrolling);
    }

    private static Map<String, String> registered(TrustProvider document) {
        Map<String, String> registered = new HashMap<>();
        List<TrustProvider.Instance> instances = document.instances() == null ? List.of() : document.instances();
        for (int i = 0; i < instances.size(); i++) {
            TrustProvider.Instance each = instances.get(i);
            Invalid.unless(registered.put(each.id(), each.jkt()) == null, "instances[" + i + "].id", "is there twice");
        }
        return registered;
    }

    private AwsCallerIdentity callerIdentity(TrustProvider document) {
        DocumentRules.checkAbsent(
                document, "subscriptions", "cloud", "fetchIntermediates", "instances", "confirm", "tofu", "maxAge");
        return new AwsCallerIdentity(issuer, DocumentRules.accounts(document), regions(document), sts);
    }

    private AzureAttestedDocument attestedDocument(TrustProvider document) {
        DocumentRules.checkAbsent(document, "accounts", "regions", "instances", "confirm", "tofu", "maxAge");
        String domain = DocumentRules.domain(document);
        boolean fetch = !Boolean.FALSE.equals(document.fetchIntermediates());
        return new AzureAttestedDocument(
                DocumentRules.subscriptions(document),
                new AzureSigner(outside.azure, fetch ? intermediates : null, domain),
                outside.challenges,
                outside.crypto);
    }

    private @Nullable List<String> regions(TrustProvider document) {
        List<String> regions = document.regions();
        for (int i = 0; regions != null && i < regions.size(); i++) {
            boolean known = document.type().equals(AwsCallerIdentity.TYPE)
                    ? AwsRegion.is(regions.get(i))
                    : outside.aws.knows(regions.get(i));
            Invalid.unless(known, "regions[" + i + "]", "is not a region whose documents can be verified");
        }
        return regions;
    }
}
