package dev.sallyport.api;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterAutoConfiguration;
import org.springframework.context.annotation.Configuration;

/**
 * What Spring Boot sets up by itself: web server, MVC, security, actuator.
 *
 * <p>Not the data source and the migrations, which have roles of their own here; not users and passwords, since there are
 * none; not the security filter and the observation of
 * requests in front of every path, since the token endpoint does without.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration(
        exclude = {
            DataSourceAutoConfiguration.class,
            ObservationAutoConfiguration.class,
            UserDetailsServiceAutoConfiguration.class,
            SecurityFilterAutoConfiguration.class
        })
class Autoconfigured {}
