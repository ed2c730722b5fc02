package dev.sallyport.api;

import dev.sallyport.api.config.BrokerProperties;
import dev.sallyport.api.metrics.Gauges;
import dev.sallyport.api.outbound.Outbound;
import dev.sallyport.api.outbound.OutboundPost;
import dev.sallyport.api.push.HeaderFile;
import dev.sallyport.api.push.PushedLog;
import dev.sallyport.store.Delivery;
import dev.sallyport.store.PostgresStore;
import java.util.Objects;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Joins what sends the log elsewhere, where that is asked for. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty("sallyport.push-url")
class PushWiring {

    /** By which the database knows how far the log was sent. */
    private static final String RECEIVER = "push";

    @Bean
    OutboundPost outboundPost(Outbound outbound) {
        return new OutboundPost(outbound);
    }

    @Bean
    PushedLog pushedLog(OutboundPost outbound, BrokerProperties settings) {
        return new PushedLog(
                outbound,
                Objects.requireNonNull(settings.pushUrl()),
                settings.pushFormat(),
                settings.pushHeader() == null ? null : new HeaderFile(settings.pushHeader()));
    }

    @Bean
    Delivery delivery(PostgresStore store, PushedLog receiver, Gauges gauges) {
        Delivery delivery = store.deliver(RECEIVER, receiver);
        gauges.delivery(delivery::behind, delivery::failures);
        return delivery;
    }
}
