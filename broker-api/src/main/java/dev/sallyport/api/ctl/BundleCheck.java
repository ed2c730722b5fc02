package dev.sallyport.api.ctl;

import dev.sallyport.api.config.Site;
import dev.sallyport.api.document.Documents;
import dev.sallyport.api.state.StateCompiler;
import dev.sallyport.attestation.AwsCertificates;
import dev.sallyport.attestation.AzureCertificates;
import dev.sallyport.attestation.ChallengeBook;
import dev.sallyport.attestation.ClusterApi;
import dev.sallyport.attestation.Fetch;
import dev.sallyport.attestation.Providers;
import dev.sallyport.attestation.SignedDocuments;
import dev.sallyport.attestation.SignedDocuments.Outside;
import dev.sallyport.attestation.TokenReviews;
import dev.sallyport.core.Configuration;
import dev.sallyport.core.Invalid;
import dev.sallyport.core.attest.Enrolments;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

/** Reads and compiles a bundle as a start would, with nothing behind it: no network and no database. */
final class BundleCheck {

    private static final Fetch NOWHERE = uri -> {
        throw new IOException("nothing is fetched in a check");
    };
    private static final ClusterApi NO_CLUSTER = (path, json, within) -> {
        throw new IOException("no cluster is asked in a check");
    };

    private final Path file;
    private final String issuer;

    /**
     * Prepares a check.
     *
     * @param issuer the issuer that the broker will have
     */
    BundleCheck(Path file, String issuer) {
        this.file = file;
        this.issuer = issuer;
    }

    Findings run() throws Failure {
        Findings findings = new Findings();
        Configuration configuration;
        try {
            configuration = Documents.readBundle(file);
        } catch (Invalid invalid) {
            throw Failure.of(file.toString(), invalid);
        }
        findings.ok("reads", counted(configuration));
        try {
            compiler(configuration).check(configuration);
            findings.ok("compiles", "as a broker with the issuer " + issuer + " would have it");
        } catch (Invalid invalid) {
            findings.failed("compiles", (invalid.field().isEmpty() ? "" : invalid.field() + ": ") + invalid.reason());
        }
        admins(configuration, findings);
        findings.note("not looked at", "whether issuers' keys can be fetched, and clusters be asked");
        return findings;
    }

    private static String counted(Configuration configuration) {
        return configuration.trustProviders().size() + " trust providers, "
                + configuration.agents().size() + " agents, "
                + configuration.targets().size() + " targets, "
                + configuration.policies().size() + " policies";
    }

    /** A database that is set up without an admin never gets one. */
    private static void admins(Configuration configuration, Findings findings) {
        boolean any = configuration.policies().stream()
                .anyMatch(policy -> policy.targets().contains("sallyport")
                        && policy.effect().toString().equals("allow"));
        if (any) {
            findings.ok("admin", "a policy lets somebody use the broker's API");
        } else {
            findings.note(
                    "admin",
                    "no policy names the target sallyport: a database that starts with this has no admin, and never"
                            + " gets one");
        }
    }

    private StateCompiler compiler(Configuration configuration) {
        Clock clock = Clock.systemUTC();
        Outside outside = new Outside(
                AwsCertificates.shipped(),
                AzureCertificates.shipped(),
                (uri, headers) -> {
                    throw new IOException("nobody is asked in a check");
                },
                null,
                null,
                NOWHERE,
                new NobodyEnrolled(),
                new NoChallenges(),
                null);
        Map<String, ClusterApi> clusters = configuration.trustProviders().stream()
                .map(provider -> provider.review())
                .filter(Objects::nonNull)
                .map(review -> Objects.requireNonNull(review).cluster())
                .distinct()
                .collect(Collectors.toMap(name -> name, name -> NO_CLUSTER));
        Providers providers = new Providers(issuer, NOWHERE, null, clock, System::nanoTime)
                .with(new SignedDocuments(issuer, outside, clock, System::nanoTime))
                .with(new TokenReviews(clusters, System::nanoTime));
        return new StateCompiler(new Site(issuer, "localhost", 0, true), providers, null, clock, UUID::randomUUID);
    }

    private record NoChallenges() implements ChallengeBook {

        @Override
        public Optional<Instant> ends(String challenge, String jkt) {
            return Optional.empty();
        }

        @Override
        public boolean spend(String challenge, Instant ends) {
            return false;
        }
    }

    private record NobodyEnrolled() implements Enrolments {

        @Override
        public Optional<Enrolments.Enrolment> find(String provider, String instance) {
            return Optional.empty();
        }

        @Override
        public Enrolments.Enrolment bind(String provider, Enrolments.Enrolment wanted) {
            return wanted;
        }
    }
}
