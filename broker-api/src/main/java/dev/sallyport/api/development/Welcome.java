package dev.sallyport.api.development;

import dev.sallyport.api.config.Site;
import dev.sallyport.api.local.DataDirectory;
import dev.sallyport.core.directory.Target;
import java.io.PrintStream;
import java.util.Map;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.core.Ordered;

/**
 * Tells the developer, before the ready line, how to become the admin.
 *
 * <p>The evidence is shown on a terminal only. Output that goes elsewhere may be a log, so there the commands read the
 * evidence from a file that only the owner may read.
 */
final class Welcome implements ApplicationListener<ApplicationReadyEvent>, Ordered {

    private static final String EVIDENCE_FILE = "dev-evidence";

    private final DevelopmentIssuer issuer;
    private final Site site;
    private final DataDirectory directory;
    private final boolean terminal;
    private final PrintStream out;

    Welcome(DevelopmentIssuer issuer, Site site, DataDirectory directory, boolean terminal, PrintStream out) {
        this.issuer = issuer;
        this.site = site;
        this.directory = directory;
        this.terminal = terminal;
        this.out = out;
    }

    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }

    @Override
    public void onApplicationEvent(ApplicationReadyEvent ready) {
        String evidence =
                issuer.evidence(site.issuer(), DevelopmentIssuer.DEVELOPER, Map.of(), DevelopmentIssuer.LONGEST);
        directory.writeSecret(EVIDENCE_FILE, evidence);
        String shown = terminal ? evidence : "$(cat '" + directory.resolve(EVIDENCE_FILE) + "')";
        String base = "http://localhost:" + site.port();
        out.print("""
                Development mode, on loopback only. A development issuer vouches for you for %d hours:

                  EVIDENCE=%s

                Exchange it for an admin token, which lasts five minutes, and use that:

                  TOKEN=$(curl -s %s/oauth2/token \\
                    -d grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer -d assertion=$EVIDENCE \\
                    --data-urlencode resource=%s/v1 \\
                    --data-urlencode 'scope=%s' \\
                    | sed 's/.*"access_token":"\\([^"]*\\).*/\\1/')
                  curl -s -H "Authorization: Bearer $TOKEN" %s/v1/agents

                Evidence for an agent that you bind to the trust provider dev, by sub or by other claims:

                  curl -s -H "Authorization: Bearer $EVIDENCE" -d sub=my-agent %s/dev/token

                """.formatted(
                        DevelopmentIssuer.LONGEST.toHours(),
                        shown,
                        base,
                        site.issuer(),
                        String.join(" ", Target.builtIn(site.issuer()).actions()),
                        base,
                        base));
        out.flush();
    }
}
