package dev.sallyport.api;

import dev.sallyport.api.config.BrokerProperties;
import dev.sallyport.api.metrics.EdgeMetrics;
import dev.sallyport.api.peer.FailureLimit;
import dev.sallyport.api.peer.Peers;
import dev.sallyport.api.token.FailureFilter;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;

/** Joins what stands before the endpoints. */
@Configuration(proxyBeanMethods = false)
class EdgeWiring {

    @Bean
    FailureLimit failureLimit(BrokerProperties settings) {
        return new FailureLimit(settings.failuresPerAddress(), System::nanoTime);
    }

    @Bean
    FilterRegistrationBean<FailureFilter> failureFilter(Peers peers, FailureLimit limit, EdgeMetrics metrics) {
        FilterRegistrationBean<FailureFilter> registration =
                new FilterRegistrationBean<>(new FailureFilter(peers, limit, metrics::slowed));
        registration.addUrlPatterns("/oauth2/*");
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
        return registration;
    }
}
