package dev.sallyport.api.peer;

import dev.sallyport.core.Invalid;
import java.util.List;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.boot.web.server.autoconfigure.ServerProperties.ForwardHeadersStrategy;
import org.springframework.core.env.Environment;

/** Keeps Spring Boot and Tomcat from believing forwarded headers, whoever sends them: {@link Peers} reads them. */
public final class ForwardedHeaders {

    private static final String STRATEGY = "server.forward-headers-strategy";
    private static final List<String> VALVE =
            List.of("server.tomcat.remoteip.remote-ip-header", "server.tomcat.remoteip.protocol-header");

    private ForwardedHeaders() {}

    /** Throws {@link Invalid} where a setting would have them believed. */
    public static void refuse(ServerProperties server, Environment environment) {
        Invalid.unless(
                server.getForwardHeadersStrategy() == ForwardHeadersStrategy.NONE,
                STRATEGY,
                "must be none: sallyport.trusted-proxy says whose headers are believed");
        VALVE.forEach(property -> Invalid.unless(
                environment.getProperty(property) == null,
                property,
                "must not be set: sallyport.trusted-proxy says whose headers are believed"));
    }
}
