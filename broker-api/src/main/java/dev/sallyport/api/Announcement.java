package dev.sallyport.api;

import dev.sallyport.api.config.Site;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationListener;

/** Prints the one line on standard output that says the broker can issue, and where. */
final class Announcement implements ApplicationListener<ApplicationEvent> {

    private final Site site;
    private final boolean managementTls;
    private volatile int managementPort;

    /**
     * Announces.
     *
     * @param managementTls whether the management port speaks TLS
     */
    Announcement(Site site, boolean managementTls) {
        this.site = site;
        this.managementTls = managementTls;
    }

    @Override
    public void onApplicationEvent(ApplicationEvent event) {
        switch (event) {
            case WebServerInitializedEvent started
            when "management".equals(started.getApplicationContext().getServerNamespace()) ->
                managementPort = started.getWebServer().getPort();
            case ApplicationReadyEvent _ -> announce();
            default -> {}
        }
    }

    @SuppressWarnings("SystemOut") // This line is the program's output: scripts wait for it.
    private void announce() {
        System.out.printf(
                "sallyport ready %s management %s%n", site.baseUrl(), Site.baseUrl(managementPort, managementTls));
        System.out.flush();
    }
}
