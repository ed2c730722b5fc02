package dev.sallyport.api;

import dev.sallyport.api.config.BrokerProperties;
import dev.sallyport.api.metrics.EdgeMetrics;
import dev.sallyport.api.peer.Peers;
import dev.sallyport.api.peer.Rates;
import dev.sallyport.api.token.FailureFilter;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;

/** Joins what stands before the endpoints. */
@Configuration(proxyBeanMethods = false)
class EdgeWiring {

    @Bean
    FilterRegistrationBean<FailureFilter> failureFilter(BrokerProperties settings, Peers peers, EdgeMetrics metrics) {
        Rates failures = new Rates(settings.failuresPerAddress(), System::nanoTime);
        FilterRegistrationBean<FailureFilter> registration =
                new FilterRegistrationBean<>(new FailureFilter(peers, failures, metrics::slowed));
        registration.addUrlPatterns("/oauth2/*");
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
        return registration;
    }
}
