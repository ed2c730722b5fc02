package dev.sallyport.api;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.sallyport.api.admin.AdminApi;
import dev.sallyport.api.admin.EnrolmentEndpoints;
import dev.sallyport.api.admin.PostureEndpoints;
import dev.sallyport.api.admin.RefusedCalls;
import dev.sallyport.api.admin.ReplayEndpoint;
import dev.sallyport.api.admin.RevocationEndpoints;
import dev.sallyport.api.admin.SimulationEndpoint;
import dev.sallyport.api.admin.TrialEndpoint;
import dev.sallyport.api.admin.UnusedEndpoint;
import dev.sallyport.api.config.BrokerProperties;
import dev.sallyport.api.config.BrokerProperties.DpopNonce;
import dev.sallyport.api.config.Database;
import dev.sallyport.api.config.Site;
import dev.sallyport.api.decision.AccessEndpoints;
import dev.sallyport.api.decision.ExplanationEndpoint;
import dev.sallyport.api.decision.PastPolicies;
import dev.sallyport.api.decision.Simulations;
import dev.sallyport.api.development.DevelopmentIssuer;
import dev.sallyport.api.history.ClaimDriftEndpoint;
import dev.sallyport.api.history.DiscoveredEndpoints;
import dev.sallyport.api.history.EventEndpoints;
import dev.sallyport.api.history.IssuanceEndpoints;
import dev.sallyport.api.history.LoggedReads;
import dev.sallyport.api.live.LoggedTokens;
import dev.sallyport.api.live.PostureFeed;
import dev.sallyport.api.live.RevocationFeed;
import dev.sallyport.api.local.DataDirectory;
import dev.sallyport.api.log.ReceiptEndpoints;
import dev.sallyport.api.metrics.EdgeMetrics;
import dev.sallyport.api.metrics.Gauges;
import dev.sallyport.api.metrics.LogMetrics;
import dev.sallyport.api.metrics.TimedRooms;
import dev.sallyport.api.metrics.TokenMetrics;
import dev.sallyport.api.outbound.Outbound;
import dev.sallyport.api.outbound.OutboundProxy;
import dev.sallyport.api.outbound.PrivateAuthorities;
import dev.sallyport.api.peer.ClientCertificates;
import dev.sallyport.api.peer.ForwardedHeaders;
import dev.sallyport.api.peer.Peers;
import dev.sallyport.api.replay.Replays;
import dev.sallyport.api.state.Bundle;
import dev.sallyport.api.state.FirstStart;
import dev.sallyport.api.state.LiveState;
import dev.sallyport.api.state.StateCompiler;
import dev.sallyport.api.token.TokenEndpoint;
import dev.sallyport.api.web.Discovery;
import dev.sallyport.api.web.OpenApiEndpoint;
import dev.sallyport.api.web.PublicEndpoints;
import dev.sallyport.api.web.UnknownRoutes;
import dev.sallyport.attestation.Fetch;
import dev.sallyport.attestation.Providers;
import dev.sallyport.attestation.SignedDocuments;
import dev.sallyport.attestation.TokenReviews;
import dev.sallyport.core.Broker;
import dev.sallyport.core.Journal;
import dev.sallyport.core.RateLimits;
import dev.sallyport.core.Refusals;
import dev.sallyport.core.State;
import dev.sallyport.core.Uuids;
import dev.sallyport.core.log.IssuanceLog;
import dev.sallyport.core.policy.PostureSource;
import dev.sallyport.core.possession.DpopVerifier;
import dev.sallyport.core.possession.NonceKey;
import dev.sallyport.core.possession.Nonces;
import dev.sallyport.store.KeyChanges;
import dev.sallyport.store.Migrations;
import dev.sallyport.store.PostgresStore;
import dev.sallyport.store.PublicLog;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.DependsOn;
import org.springframework.core.env.Environment;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.ServerResponse;

/** Joins all parts: every bean of the broker stands here or in the two beside it, none is found by scanning. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(BrokerProperties.class)
class Wiring {

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }

    @Bean
    Uuids ids(Clock clock) {
        return new Uuids(clock);
    }

    @Bean
    Crypto crypto() {
        return Crypto.fastest();
    }

    @Bean
    Bundle bundle(BrokerProperties settings, ObjectProvider<DevelopmentIssuer> development) {
        DevelopmentIssuer issuer = development.getIfAvailable();
        return issuer == null
                ? Bundle.read(settings.bootstrap())
                : Bundle.read(settings.bootstrap(), issuer.documents());
    }

    /** Waits for the bundle: one with mistakes must not start a database. */
    @Bean
    @DependsOn("bundle")
    Database database(BrokerProperties settings, Environment environment, ObjectProvider<DataDirectory> opened) {
        return Database.open(settings, environment, opened.getIfAvailable());
    }

    @Bean
    HikariDataSource reads(Database database) {
        HikariConfig pool = new HikariConfig();
        pool.setDataSource(database.broker());
        pool.setPoolName("reads");
        pool.setMaximumPoolSize(8);
        pool.setMinimumIdle(1);
        pool.setConnectionTimeout(2_000);
        return new HikariDataSource(pool);
    }

    @Bean
    PostgresStore store(Database database, HikariDataSource reads, Clock clock, MeterRegistry registry) {
        Migrations.migrate(database.owner(), database.brokerRole(), database.auditorRole());
        return PostgresStore.open(database.broker(), reads, database.sealer(), clock, new LogMetrics(registry));
    }

    @Bean
    TimedRooms timedRooms(MeterRegistry registry) {
        return new TimedRooms(registry);
    }

    @Bean
    IssuanceLog log(PostgresStore store, TimedRooms rooms) {
        return rooms.timed(store.log());
    }

    @Bean
    Site site(BrokerProperties settings, PostgresStore store, ServerProperties server) {
        return Site.settle(settings, store, Ssl.isEnabled(server.getSsl()));
    }

    @Bean
    Peers peers(BrokerProperties settings, ServerProperties server, Environment environment) {
        ForwardedHeaders.refuse(server, environment);
        return new Peers(settings.trustedProxy(), settings.clientCertificateHeader());
    }

    @Bean
    ClientCertificates clientCertificates(SslBundles bundles) {
        return new ClientCertificates(bundles);
    }

    @Bean
    DpopVerifier dpop(NonceKey key, BrokerProperties settings, Crypto crypto, Clock clock) {
        Nonces nonces = new Nonces(key, clock);
        return new DpopVerifier(nonces, settings.dpopNonce() == DpopNonce.REQUIRED, crypto.provider(), clock);
    }

    @Bean
    Outbound outbound(BrokerProperties settings) {
        return new Outbound(
                settings.allowOutbound(),
                OutboundProxy.read(settings.outboundProxy()),
                PrivateAuthorities.read(settings.outboundCa()));
    }

    @Bean
    Providers providers(
            Site site, Fetch fetch, Crypto crypto, Clock clock, SignedDocuments documents, TokenReviews reviews) {
        return new Providers(site.issuer(), fetch, crypto.provider(), clock, System::nanoTime)
                .with(documents)
                .with(reviews);
    }

    @Bean
    StateCompiler compiler(Site site, Providers providers, Crypto crypto, Clock clock, Uuids ids) {
        return new StateCompiler(site, providers, crypto.provider(), clock, ids);
    }

    @Bean
    LiveState state(
            Bundle bundle,
            PostgresStore store,
            StateCompiler compiler,
            UnaryOperator<State> rooms,
            KeyChanges keys,
            BrokerProperties settings) {
        new FirstStart(store, compiler).run(bundle, keys, settings.discardUnreadableKeys());
        return new LiveState(store, compiler, rooms);
    }

    @Bean
    Refusals refusals(Clock clock) {
        return new Refusals(clock);
    }

    @Bean
    Broker broker(
            LiveState state,
            IssuanceLog log,
            PostgresStore store,
            Refusals refusals,
            PostureSource postures,
            RateLimits limits,
            Clock clock,
            Uuids ids,
            BrokerProperties settings) {
        return new Broker(
                state,
                log,
                store.evidenceBindings(),
                refusals,
                postures,
                limits,
                clock,
                System::nanoTime,
                ids,
                settings.replicaName());
    }

    @Bean
    RateLimits rateLimits() {
        return new RateLimits(System::nanoTime);
    }

    @Bean
    Periodic idleLimits(RateLimits limits) {
        return new Periodic(Duration.ofMinutes(1), limits::prune, () -> {});
    }

    @Bean
    Periodic summaries(Refusals refusals, LiveState state, IssuanceLog log, BrokerProperties settings) {
        Runnable flush = () -> refusals.flush(state, log, settings.replicaName());
        return new Periodic(Duration.ofMinutes(1), flush, flush);
    }

    @Bean
    KeyChanges keyChanges(PostgresStore store, Site site, BrokerProperties settings) {
        return store.keyChanges(settings.keySchedule(), site.logOrigin());
    }

    /** Waits for the state, so that there are keys. */
    @Bean
    @DependsOn("state")
    Periodic keyRotation(KeyChanges keys) {
        return new Periodic(Duration.ofMinutes(1), new KeyRotation(keys), () -> {});
    }

    @Bean
    ServletRegistrationBean<TokenEndpoint> tokenEndpoint(
            Site site, Broker broker, Peers peers, DpopVerifier dpop, MeterRegistry registry) {
        TokenEndpoint endpoint = new TokenEndpoint(site.issuer(), broker, peers, dpop, new TokenMetrics(registry));
        return new ServletRegistrationBean<>(endpoint, TokenEndpoint.PATH);
    }

    @Bean
    Discovery discovery(Site site, Peers peers, ServerProperties server) {
        boolean certificates = peers.passOnCertificates() || ClientCertificates.asked(server.getSsl());
        return new Discovery(site.issuer(), Providers.algorithms(), certificates);
    }

    @Bean
    RouterFunction<ServerResponse> publicEndpoints(
            Site site, Discovery discovery, LiveState state, BrokerProperties settings) {
        return PublicEndpoints.routes(
                site.issuer(), discovery, state, settings.keySchedule().cacheable());
    }

    @Bean
    TrialEndpoint trials(
            LiveState state, StateCompiler compiler, IssuanceLog log, BrokerProperties settings, Clock clock) {
        return new TrialEndpoint(state, compiler, new Journal(state, log), clock, settings.replicaName());
    }

    @Bean
    RouterFunction<ServerResponse> adminApi(
            LiveState state,
            StateCompiler compiler,
            PostgresStore store,
            PublicLog published,
            LoggedTokens issued,
            RevocationFeed revoked,
            PostureFeed said,
            Discovery discovery,
            KeyChanges keys,
            LoggedReads loggedReads,
            RefusedCalls refused,
            TrialEndpoint trials,
            Replays replays,
            Clock clock) {
        RevocationEndpoints revocations = new RevocationEndpoints(state, store, issued, revoked);
        PostureEndpoints posture = new PostureEndpoints(state, store, said, clock);
        PastPolicies past = new PastPolicies(state, store, compiler);
        RouterFunction<ServerResponse> history = IssuanceEndpoints.routes(store.issuances(), clock)
                .and(ExplanationEndpoint.routes(store.issuances(), past))
                .and(DiscoveredEndpoints.routes(
                        store.discoveries(), () -> state.atLeast(store.epoch()).directory()))
                .and(ReceiptEndpoints.byJti(published))
                .and(EventEndpoints.routes(store.events()))
                .and(ClaimDriftEndpoint.routes(store.attestations(), state::fresh, clock))
                .filter(loggedReads);
        List<RouterFunction<ServerResponse>> others = List.of(
                revocations.routes(),
                posture.routes(),
                trials.routes(),
                new SimulationEndpoint(state, new Simulations(clock)).routes(),
                AccessEndpoints.routes(state, past, store.revisions()),
                UnusedEndpoint.routes(state, compiler, store, clock, loggedReads),
                new ReplayEndpoint(state, replays, clock).routes(),
                EnrolmentEndpoints.routes(state, store.enrolments(), loggedReads));
        return AdminApi.routes(state, compiler, store, discovery, keys, loggedReads, replays, others, history)
                .filter(refused);
    }

    @Bean
    UnknownRoutes unknownRoutes(ObjectProvider<RouterFunction<?>> all) {
        return new UnknownRoutes(all::stream);
    }

    @Bean
    RouterFunction<ServerResponse> openApi() {
        return OpenApiEndpoint.routes();
    }

    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> port(Site site) {
        return factory -> factory.setPort(site.port());
    }

    @Bean
    EdgeMetrics edgeMetrics(MeterRegistry registry) {
        return new EdgeMetrics(registry);
    }

    @Bean
    Gauges gauges(MeterRegistry registry, LiveState state, PostgresStore store, PublicLog published) {
        Gauges gauges = new Gauges(registry);
        gauges.state(state);
        gauges.queue(store::queued);
        gauges.checkpoints(() -> published.problem().isPresent());
        gauges.lag(
                () -> store.projectionLag().entries(),
                () -> store.projectionLag().age().toNanos() / 1e9);
        return gauges;
    }

    @Bean
    Announcement announcement(Site site, Environment environment) {
        return new Announcement(site, environment.getProperty("management.server.ssl.enabled", Boolean.class, false));
    }
}
