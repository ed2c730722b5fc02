package dev.sallyport.api.security;

import dev.sallyport.api.config.BrokerProperties;
import dev.sallyport.api.config.Site;
import dev.sallyport.api.peer.Peers;
import dev.sallyport.api.state.LiveState;
import dev.sallyport.api.token.IntrospectionEndpoint;
import dev.sallyport.api.web.OpenApiEndpoint;
import dev.sallyport.core.live.LiveTokens;
import dev.sallyport.core.possession.DpopVerifier;
import dev.sallyport.store.PostgresStore;
import jakarta.servlet.DispatcherType;
import java.util.EnumSet;
import java.util.UUID;
import java.util.function.Supplier;
import org.springframework.boot.web.servlet.DelegatingFilterProxyRegistrationBean;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.web.filter.CorsFilter;

/**
 * One stateless chain in front of everything but the token endpoint, which is its own guard.
 *
 * <p>Public documents are open; nothing else exists for a caller without a token.
 */
@Configuration(proxyBeanMethods = false)
public class ApiSecurity {

    @Bean
    SecurityFilterChain chain(
            HttpSecurity http,
            Site site,
            LiveState state,
            LiveTokens tokens,
            DpopVerifier dpop,
            Peers peers,
            PostgresStore store,
            Supplier<UUID> ids,
            BrokerProperties settings)
            throws Exception {
        Possessions possessions = new Possessions(site.issuer(), dpop, peers, store.spentProofs(), ids);
        BearerFilter bearer = new BearerFilter(site, state, tokens, possessions, settings);
        return http.authorizeHttpRequests(
                        requests -> requests.requestMatchers(OpenApiEndpoint.PATH, OpenApiEndpoint.SCHEMA_PATH)
                                .permitAll()
                                .requestMatchers("/v1", "/v1/**")
                                .authenticated()
                                .anyRequest()
                                .permitAll())
                .addFilterBefore(bearer, AuthorizationFilter.class)
                .exceptionHandling(refusals -> refusals.authenticationEntryPoint(
                        (request, response, missing) -> bearer.challenge(request, response)))
                .sessionManagement(session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .csrf(AbstractHttpConfigurer::disable)
                .httpBasic(AbstractHttpConfigurer::disable)
                .formLogin(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .requestCache(AbstractHttpConfigurer::disable)
                .anonymous(AbstractHttpConfigurer::disable)
                .build();
    }

    @Bean
    FilterRegistrationBean<CorsFilter> crossOrigin(BrokerProperties settings) {
        return CrossOrigin.filter(settings.corsOrigin());
    }

    @Bean
    FilterRegistrationBean<SecurityHeaders> securityHeaders() {
        FilterRegistrationBean<SecurityHeaders> registration = new FilterRegistrationBean<>(new SecurityHeaders());
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
        return registration;
    }

    /** The chain stands in front of these paths; without this bean Spring Boot would put it in front of all. */
    @Bean
    DelegatingFilterProxyRegistrationBean chainRegistration() {
        DelegatingFilterProxyRegistrationBean registration =
                new DelegatingFilterProxyRegistrationBean("springSecurityFilterChain");
        registration.setDispatcherTypes(EnumSet.of(DispatcherType.REQUEST));
        registration.addUrlPatterns(
                "/v1/*", "/.well-known/*", "/oauth2/jwks", "/oauth2/authorize", IntrospectionEndpoint.PATH);
        return registration;
    }
}
