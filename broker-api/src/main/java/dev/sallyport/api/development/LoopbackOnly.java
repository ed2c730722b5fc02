package dev.sallyport.api.development;

import java.net.InetAddress;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;

/** Lets a server be reached from this machine only, whatever address the settings name. */
final class LoopbackOnly implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {

    @Override
    public void customize(TomcatServletWebServerFactory factory) {
        factory.setAddress(InetAddress.ofLiteral("127.0.0.1"));
        factory.addEngineValves(new HostCheck());
    }
}
