package dev.sallyport.api.peer;

import java.util.Arrays;
import java.util.Objects;
import org.apache.catalina.connector.Connector;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.server.WebServerSslBundle;

/**
 * Takes any certificate from clients that are asked for one, unless the settings name those that may vouch for them.
 *
 * <p>Without it the JDK's certificate authorities would have to, and self-signed certificates would end the handshake.
 */
public final class ClientCertificates implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {

    private final SslBundles bundles;

    public ClientCertificates(SslBundles bundles) {
        this.bundles = bundles;
    }

    /** Whether clients are asked for a certificate. */
    public static boolean asked(@Nullable Ssl ssl) {
        return ssl != null
                && Ssl.isEnabled(ssl)
                && ssl.getClientAuth() != null
                && ssl.getClientAuth() != Ssl.ClientAuth.NONE;
    }

    @Override
    public void customize(TomcatServletWebServerFactory factory) {
        Ssl ssl = factory.getSsl();
        if (ssl != null
                && asked(ssl)
                && WebServerSslBundle.get(ssl, bundles).getStores().getTrustStore() == null) {
            factory.addConnectorCustomizers(ClientCertificates::takeAny);
        }
    }

    private static void takeAny(Connector connector) {
        Arrays.stream(Objects.requireNonNull(connector.findSslHostConfigs()))
                .forEach(host -> host.setTrustManagerClassName(AnyCertificate.class.getName()));
    }
}
