package dev.sallyport.api;

import dev.sallyport.api.config.Site;
import dev.sallyport.api.live.IntrospectionSigner;
import dev.sallyport.api.live.LoggedTokens;
import dev.sallyport.api.live.NewsHealth;
import dev.sallyport.api.live.PostureFeed;
import dev.sallyport.api.live.RevocationFeed;
import dev.sallyport.api.peer.Peers;
import dev.sallyport.api.state.LiveState;
import dev.sallyport.api.token.IntrospectionEndpoint;
import dev.sallyport.api.token.RevocationEndpoint;
import dev.sallyport.core.State;
import dev.sallyport.core.live.Askers;
import dev.sallyport.core.live.Freshness;
import dev.sallyport.core.live.LiveTokens;
import dev.sallyport.core.live.Postures;
import dev.sallyport.core.live.Revocations;
import dev.sallyport.core.policy.Posture;
import dev.sallyport.core.policy.PostureSource;
import dev.sallyport.store.ChangeFeed;
import dev.sallyport.store.PostgresStore;
import java.time.Clock;
import java.time.Duration;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Joins what answers for tokens that were issued: the news from other replicas, revocations, introspection. */
@Configuration(proxyBeanMethods = false)
class LiveWiring {

    @Bean
    Revocations revocations() {
        return new Revocations();
    }

    @Bean
    RevocationFeed revocationFeed(PostgresStore store, Revocations revocations) {
        return new RevocationFeed(store, revocations);
    }

    @Bean
    Postures postures() {
        return new Postures();
    }

    @Bean
    PostureFeed postureFeed(PostgresStore store, Postures postures) {
        return new PostureFeed(store, postures);
    }

    /** Where news may have been missed, what others say of an agent can't be relied on. */
    @Bean
    PostureSource postureSource(Postures postures, Freshness freshness) {
        return (agent, time) -> freshness.fresh() ? postures.of(agent, time) : Posture.OUTDATED;
    }

    @Bean
    ChangeFeed changeFeed(PostgresStore store, LiveState state, RevocationFeed revocations, PostureFeed postures) {
        return store.follow(
                news -> {
                    revocations.atLeast(news.revocation());
                    postures.atLeast(news.posture());
                    State _ = state.atLeast(news.epoch());
                },
                System::nanoTime);
    }

    @Bean
    Freshness freshness(ChangeFeed feed) {
        return new Freshness(feed::asOf, System::nanoTime);
    }

    /** Known to the health endpoint as {@code news}. */
    @Bean
    NewsHealth newsHealthIndicator(Freshness freshness) {
        return new NewsHealth(freshness);
    }

    @Bean
    LoggedTokens loggedTokens(PostgresStore store) {
        return new LoggedTokens(store);
    }

    @Bean
    LiveTokens liveTokens(
            LiveState state,
            Freshness freshness,
            Revocations revocations,
            LoggedTokens issued,
            PostureSource postures,
            Clock clock) {
        return new LiveTokens(state, freshness, revocations, issued, postures, clock);
    }

    @Bean
    Periodic pruning(PostgresStore store, Revocations revocations, Clock clock) {
        Runnable prune = () -> {
            revocations.prune(clock.instant());
            store.pruneRevocations();
            store.prunePosture();
        };
        return new Periodic(Duration.ofMinutes(1), prune, () -> {});
    }

    @Bean
    ServletRegistrationBean<IntrospectionEndpoint> introspection(
            Site site, LiveState state, LiveTokens tokens, Peers peers, PostureSource postures, Clock clock) {
        Askers askers = new Askers(state, site.issuer(), postures, clock);
        IntrospectionSigner signer = new IntrospectionSigner(site.issuer(), clock);
        return new ServletRegistrationBean<>(
                new IntrospectionEndpoint(state, tokens, askers, peers, signer), IntrospectionEndpoint.PATH);
    }

    @Bean
    ServletRegistrationBean<RevocationEndpoint> revocation(
            LiveState state, LiveTokens tokens, PostgresStore store, RevocationFeed revocations) {
        return new ServletRegistrationBean<>(
                new RevocationEndpoint(state, tokens, store.changes(), revocations), RevocationEndpoint.PATH);
    }
}
