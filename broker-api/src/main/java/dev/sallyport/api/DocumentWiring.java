package dev.sallyport.api;

import dev.sallyport.api.config.BrokerProperties;
import dev.sallyport.api.config.Site;
import dev.sallyport.api.outbound.Outbound;
import dev.sallyport.api.outbound.OutboundClusters;
import dev.sallyport.api.outbound.OutboundSts;
import dev.sallyport.api.state.FirstStart;
import dev.sallyport.api.token.ChallengeEndpoint;
import dev.sallyport.attestation.AwsCertificates;
import dev.sallyport.attestation.AzureCertificates;
import dev.sallyport.attestation.ChallengeBook;
import dev.sallyport.attestation.SignedDocuments;
import dev.sallyport.attestation.SignedDocuments.Outside;
import dev.sallyport.attestation.TokenReviews;
import dev.sallyport.core.Uuids;
import dev.sallyport.core.possession.Challenges;
import dev.sallyport.core.possession.DpopVerifier;
import dev.sallyport.core.possession.NonceKey;
import dev.sallyport.store.PostgresStore;
import dev.sallyport.store.SpentProofs;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.DependsOn;

/** Joins what verifies evidence by more than keys: documents that a platform signed, challenges inside them, and clusters. */
@Configuration(proxyBeanMethods = false)
class DocumentWiring {

    /** Waits for the state, so that the first keys exist. */
    @Bean
    @DependsOn("state")
    NonceKey nonceKey(PostgresStore store, Clock clock) {
        return FirstStart.nonceKey(store, clock);
    }

    @Bean
    Challenges challenges(NonceKey key, Clock clock) {
        return new Challenges(key, clock);
    }

    @Bean
    OutboundSts sts(Outbound outbound) {
        return new OutboundSts(outbound);
    }

    @Bean
    OutboundClusters clusters(BrokerProperties settings) {
        return new OutboundClusters(settings.kubernetesCluster());
    }

    @Bean
    TokenReviews tokenReviews(OutboundClusters clusters) {
        return new TokenReviews(clusters.byName(), System::nanoTime);
    }

    /** What knows challenges is asked for late, since it needs the state, which is compiled by this. */
    @Bean
    SignedDocuments signedDocuments(
            Site site,
            BrokerProperties settings,
            PostgresStore store,
            Outbound outbound,
            OutboundSts sts,
            ObjectProvider<Challenges> challenges,
            Crypto crypto,
            Clock clock) {
        Outside outside = new Outside(
                settings.awsCertificates() == null
                        ? AwsCertificates.shipped()
                        : AwsCertificates.read(settings.awsCertificates()),
                settings.azureCertificates() == null
                        ? AzureCertificates.shipped()
                        : AzureCertificates.read(settings.azureCertificates()),
                sts,
                settings.stsEndpoint(),
                null,
                outbound,
                store.enrolments(),
                new StoredChallenges(challenges, store.spentProofs()),
                crypto.provider());
        return new SignedDocuments(site.issuer(), outside, clock, System::nanoTime);
    }

    @Bean
    ServletRegistrationBean<ChallengeEndpoint> challengeEndpoint(
            Site site, DpopVerifier dpop, Challenges challenges, Uuids ids) {
        return new ServletRegistrationBean<>(
                new ChallengeEndpoint(site.issuer(), dpop, challenges, ids), ChallengeEndpoint.PATH);
    }

    /** Challenges that are used are remembered beside the DPoP proofs that are: both are 16 bytes and a time. */
    private record StoredChallenges(ObjectProvider<Challenges> challenges, SpentProofs spent) implements ChallengeBook {

        @Override
        public Optional<Instant> ends(String challenge, String jkt) {
            return challenges.getObject().ends(challenge, jkt);
        }

        @Override
        public boolean spend(String challenge, Instant ends) {
            return spent.spend(Challenges.id(challenge), ends);
        }
    }
}
