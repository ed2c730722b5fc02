package dev.sallyport.api;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.sallyport.api.admin.AdminApi;
import dev.sallyport.api.config.BrokerProperties;
import dev.sallyport.api.config.Database;
import dev.sallyport.api.config.Site;
import dev.sallyport.api.development.DevelopmentIssuer;
import dev.sallyport.api.history.EventEndpoints;
import dev.sallyport.api.history.IssuanceEndpoints;
import dev.sallyport.api.local.DataDirectory;
import dev.sallyport.api.log.LogEndpoints;
import dev.sallyport.api.log.ReadOnly;
import dev.sallyport.api.log.ReceiptEndpoints;
import dev.sallyport.api.metrics.Gauges;
import dev.sallyport.api.metrics.LogMetrics;
import dev.sallyport.api.metrics.TimedRooms;
import dev.sallyport.api.metrics.TokenMetrics;
import dev.sallyport.api.outbound.Outbound;
import dev.sallyport.api.state.Bundle;
import dev.sallyport.api.state.FirstStart;
import dev.sallyport.api.state.LiveState;
import dev.sallyport.api.state.StateCompiler;
import dev.sallyport.api.token.TokenEndpoint;
import dev.sallyport.api.web.Discovery;
import dev.sallyport.api.web.OpenApiEndpoint;
import dev.sallyport.api.web.PublicEndpoints;
import dev.sallyport.attestation.Fetch;
import dev.sallyport.attestation.Providers;
import dev.sallyport.core.Broker;
import dev.sallyport.core.Refusals;
import dev.sallyport.core.State;
import dev.sallyport.core.Uuids;
import dev.sallyport.core.log.IssuanceLog;
import dev.sallyport.core.log.Notes;
import dev.sallyport.store.ChangeFeed;
import dev.sallyport.store.KeySealer;
import dev.sallyport.store.Migrations;
import dev.sallyport.store.PostgresStore;
import dev.sallyport.store.PublicLog;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.function.UnaryOperator;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.DependsOn;
import org.springframework.core.env.Environment;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.ServerResponse;

/** Joins all parts: every bean of the broker stands here, none is found by scanning. */
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
        KeySealer sealer = new KeySealer(database.keyEncryptionKey());
        return PostgresStore.open(database.broker(), reads, sealer, clock, new LogMetrics(registry));
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
    Site site(BrokerProperties settings, PostgresStore store) {
        return Site.settle(settings, store);
    }

    @Bean
    Outbound outbound(BrokerProperties settings) {
        return new Outbound(settings.allowOutbound());
    }

    @Bean
    Providers providers(Site site, Fetch fetch, Crypto crypto, Clock clock) {
        return new Providers(site.issuer(), fetch, crypto.provider(), clock, System::nanoTime);
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
            Crypto crypto,
            Clock clock) {
        new FirstStart(store, compiler, clock).run(bundle, crypto.provider());
        return new LiveState(store, compiler, rooms);
    }

    @Bean
    ChangeFeed changeFeed(PostgresStore store, LiveState state) {
        return store.follow(
                epoch -> {
                    State _ = state.atLeast(epoch);
                },
                System::nanoTime);
    }

    @Bean
    Refusals refusals(Clock clock) {
        return new Refusals(clock);
    }

    @Bean
    Broker broker(
            LiveState state, IssuanceLog log, Refusals refusals, Clock clock, Uuids ids, BrokerProperties settings) {
        return new Broker(state, log, refusals, clock, System::nanoTime, ids, settings.replicaName());
    }

    @Bean
    EveryMinute everyMinute(Refusals refusals, LiveState state, IssuanceLog log, BrokerProperties settings) {
        return new EveryMinute(() -> refusals.flush(state, log, settings.replicaName()));
    }

    @Bean
    ServletRegistrationBean<TokenEndpoint> tokenEndpoint(Broker broker, MeterRegistry registry) {
        return new ServletRegistrationBean<>(new TokenEndpoint(broker, new TokenMetrics(registry)), TokenEndpoint.PATH);
    }

    @Bean
    Discovery discovery(Site site) {
        return new Discovery(site.issuer(), Providers.algorithms());
    }

    @Bean
    RouterFunction<ServerResponse> publicEndpoints(Site site, Discovery discovery, LiveState state) {
        return PublicEndpoints.routes(site.issuer(), discovery, state);
    }

    /** Waits for the state, so that the key exists. */
    @Bean
    @DependsOn("state")
    PublicLog publicLog(PostgresStore store, Site site, Clock clock) {
        return store.publish(new Notes(site.logOrigin(), FirstStart.logKey(store, clock)));
    }

    @Bean
    RouterFunction<ServerResponse> logEndpoints(PublicLog published) {
        return LogEndpoints.routes(published);
    }

    @Bean
    FilterRegistrationBean<ReadOnly> logIsReadOnly() {
        FilterRegistrationBean<ReadOnly> registration = new FilterRegistrationBean<>(new ReadOnly());
        registration.addUrlPatterns("/log/*");
        return registration;
    }

    @Bean
    RouterFunction<ServerResponse> adminApi(
            LiveState state, StateCompiler compiler, PostgresStore store, PublicLog published, Discovery discovery) {
        RouterFunction<ServerResponse> history = IssuanceEndpoints.routes(store.issuances())
                .and(ReceiptEndpoints.byJti(published))
                .and(EventEndpoints.routes(store.events()));
        return AdminApi.routes(state, compiler, store, discovery, history);
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

    /** Known to the health endpoint as {@code log}. */
    @Bean
    LogHealth logHealthIndicator(PostgresStore store) {
        return new LogHealth(store);
    }

    @Bean
    Announcement announcement(Site site) {
        return new Announcement(site);
    }
}
