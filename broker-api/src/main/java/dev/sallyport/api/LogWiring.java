package dev.sallyport.api;

import dev.sallyport.api.admin.RefusedCalls;
import dev.sallyport.api.config.BrokerProperties;
import dev.sallyport.api.history.LoggedReads;
import dev.sallyport.api.log.LogEndpoints;
import dev.sallyport.api.log.ReadOnly;
import dev.sallyport.api.replay.Replays;
import dev.sallyport.api.state.LiveState;
import dev.sallyport.core.Journal;
import dev.sallyport.core.Reads;
import dev.sallyport.core.State;
import dev.sallyport.core.log.IssuanceLog;
import dev.sallyport.store.PostgresStore;
import dev.sallyport.store.PublicLog;
import java.time.Clock;
import java.time.Duration;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.ServerResponse;

/** Joins the side of the log that others see, and what counts who reads it. */
@Configuration(proxyBeanMethods = false)
class LogWiring {

    @Bean
    Reads countedReads(Clock clock) {
        return new Reads(clock);
    }

    @Bean
    Journal journal(LiveState state, IssuanceLog log) {
        return new Journal(state, log);
    }

    @Bean
    Periodic readSummaries(Reads reads, Journal journal, BrokerProperties settings) {
        return new Periodic(
                Duration.ofSeconds(1),
                () -> reads.flush(journal, settings.replicaName()),
                () -> reads.flushAll(journal, settings.replicaName()));
    }

    @Bean
    RefusedCalls refusedCalls(Journal journal, Clock clock, BrokerProperties settings) {
        return new RefusedCalls(journal, clock, settings.replicaName());
    }

    @Bean
    Periodic refusedCallSummaries(RefusedCalls refused) {
        return new Periodic(Duration.ofSeconds(1), refused::flush, refused::flushAll);
    }

    @Bean
    PublicLog publicLog(PostgresStore store, LiveState state) {
        return store.publish(epoch -> {
            State _ = state.atLeast(epoch);
            return state.loaded().notes();
        });
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
    LoggedReads loggedReads(Reads reads, Journal journal, Clock clock, BrokerProperties settings) {
        return new LoggedReads(reads, journal, clock, settings.replicaName());
    }

    @Bean
    Replays replays(PostgresStore store, Journal journal, Clock clock, BrokerProperties settings) {
        return new Replays(store, journal, clock, settings.replicaName());
    }

    /** Known to the health endpoint as {@code log}. */
    @Bean
    LogHealth logHealthIndicator(PostgresStore store) {
        return new LogHealth(store);
    }
}
