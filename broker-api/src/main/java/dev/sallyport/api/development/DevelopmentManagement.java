package dev.sallyport.api.development;

import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextType;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The same rule for the management port, whose server is set up in a context of its own. */
@Configuration(proxyBeanMethods = false)
@ManagementContextConfiguration(value = ManagementContextType.CHILD, proxyBeanMethods = false)
@ConditionalOnBooleanProperty(DevelopmentMode.PROPERTY)
class DevelopmentManagement {

    @Bean
    LoopbackOnly managementLoopbackOnly() {
        return new LoopbackOnly();
    }
}
