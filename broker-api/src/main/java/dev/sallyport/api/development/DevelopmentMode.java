package dev.sallyport.api.development;

import dev.sallyport.api.config.BrokerProperties;
import dev.sallyport.api.config.Site;
import dev.sallyport.api.local.DataDirectory;
import dev.sallyport.api.state.LiveState;
import dev.sallyport.core.Invalid;
import java.time.Clock;
import java.util.Optional;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.ServerResponse;

/** What {@code serve --dev} adds to the broker; without it, none of these beans exists. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBooleanProperty(DevelopmentMode.PROPERTY)
public class DevelopmentMode {

    static final String PROPERTY = "sallyport.dev";

    private static final String EXTERNAL_DATABASE = "spring.datasource.url";

    /** Opened before the database is, since the bundle needs the key that lies there. */
    @Bean
    DataDirectory developmentDirectory(BrokerProperties settings, Environment environment) {
        Invalid.unless(
                !environment.containsProperty(EXTERNAL_DATABASE),
                "dev",
                "is for the embedded database: it can't be combined with " + EXTERNAL_DATABASE);
        return DataDirectory.open(settings.data());
    }

    @Bean
    DevelopmentIssuer developmentIssuer(DataDirectory directory, Clock clock) {
        return DevelopmentIssuer.beside(directory, clock);
    }

    @Bean
    LoopbackOnly loopbackOnly() {
        return new LoopbackOnly();
    }

    @Bean
    RouterFunction<ServerResponse> developmentTokens(DevelopmentIssuer issuer, Site site) {
        return DevelopmentTokens.routes(issuer, site.issuer());
    }

    @Bean
    @SuppressWarnings("SystemOut") // Whoever started it is told on the terminal, and nobody through the log.
    Welcome welcome(DevelopmentIssuer issuer, Site site, DataDirectory directory, LiveState state) {
        issuer.checkTrusted(state.loaded().documents().configuration());
        boolean terminal = Optional.ofNullable(System.console())
                .map(console -> console.isTerminal())
                .orElse(false);
        return new Welcome(issuer, site, directory, terminal, System.out);
    }
}
