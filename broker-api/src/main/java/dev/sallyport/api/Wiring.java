package dev.sallyport.api;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.sallyport.api.config.BrokerProperties;
import dev.sallyport.api.config.Database;
import dev.sallyport.api.config.Site;
import dev.sallyport.api.outbound.Outbound;
import dev.sallyport.api.state.Bundle;
import dev.sallyport.api.state.FirstStart;
import dev.sallyport.api.state.LiveState;
import dev.sallyport.api.state.StateCompiler;
import dev.sallyport.api.token.TokenEndpoint;
import dev.sallyport.api.web.OpenApiEndpoint;
import dev.sallyport.api.web.PublicEndpoints;
import dev.sallyport.attestation.Fetch;
import dev.sallyport.attestation.Providers;
import dev.sallyport.core.Broker;
import dev.sallyport.core.Refusals;
import dev.sallyport.core.Uuids;
import dev.sallyport.core.log.IssuanceLog;
import dev.sallyport.store.KeySealer;
import dev.sallyport.store.Migrations;
import dev.sallyport.store.PostgresStore;
import java.time.Clock;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
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
    Bundle bundle(BrokerProperties settings) {
        return Bundle.read(settings.bootstrap());
    }

    /** Waits for the bundle: one with mistakes must not start a database. */
    @Bean
    @DependsOn("bundle")
    Database database(BrokerProperties settings, Environment environment) {
        return Database.open(settings, environment);
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
    PostgresStore store(Database database, HikariDataSource reads, Clock clock) {
        Migrations.migrate(database.owner(), database.brokerRole(), database.auditorRole());
        return PostgresStore.open(database.broker(), reads, new KeySealer(database.keyEncryptionKey()), clock);
    }

    @Bean
    IssuanceLog log(PostgresStore store) {
        return store.log();
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
    LiveState state(Bundle bundle, PostgresStore store, StateCompiler compiler, Crypto crypto, Clock clock) {
        new FirstStart(store, compiler, clock).run(bundle, crypto.provider());
        return new LiveState(store, compiler);
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
    ServletRegistrationBean<TokenEndpoint> tokenEndpoint(Broker broker) {
        return new ServletRegistrationBean<>(new TokenEndpoint(broker), TokenEndpoint.PATH);
    }

    @Bean
    RouterFunction<ServerResponse> publicEndpoints(Site site, LiveState state) {
        return PublicEndpoints.routes(site.issuer(), state);
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
    Announcement announcement(Site site) {
        return new Announcement(site);
    }
}
