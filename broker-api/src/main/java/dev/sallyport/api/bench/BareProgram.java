package dev.sallyport.api.bench;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.JWKSet;
import dev.sallyport.api.Crypto;
import dev.sallyport.api.local.DataDirectory;
import dev.sallyport.api.local.LocalPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.text.ParseException;
import java.time.Clock;
import java.util.concurrent.Callable;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.threads.VirtualThreadExecutor;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The least that issues a durable token for a fresh assertion, to compare the broker with; never run as a service.
 *
 * <p>It is: the same HTTP server with one servlet on virtual threads; the form; one signature verified with the same library,
 * cryptography and keys in memory, and issuer, audience and expiry looked at; one ES256 JWT signed; one row committed for it,
 * in batches, on the same PostgreSQL with the same settings.
 *
 * <p>It is not a broker: it has no agents, targets or policies and gives anyone whom the platform vouches for what he asks for.
 * Its row is smaller than the broker's entry and no part of a Merkle tree; nothing fences it; its form is read leniently; it
 * refuses little and tells less. So the difference between the two is what all of that costs, Spring included.
 */
@Command(name = "bare", hidden = true, description = "The program that bench compares the broker with.")
final class BareProgram implements Callable<Integer> {

    /** How its ready line begins. */
    static final String READY = "bare ready ";

    @Option(names = "--data", required = true)
    private Path data = Path.of("");

    @Option(names = "--jwks", required = true)
    private Path jwks = Path.of("");

    @Override
    @SuppressWarnings("SystemOut") // This line is the program's output: the parent process waits for it.
    public Integer call() throws IOException, ParseException, JOSEException, SQLException, LifecycleException {
        DataDirectory directory = DataDirectory.open(data);
        LocalPostgres postgres = LocalPostgres.start(directory);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> close(postgres), "postgres"));
        BareTokens tokens =
                new BareTokens(JWKSet.load(jwks.toFile()), Crypto.fastest().provider());
        IssuedTokens issued = IssuedTokens.open(postgres.dataSource(LocalPostgres.Role.OWNER));
        Tomcat tomcat = serving(new BareServlet(tokens, issued, Clock.systemUTC()));
        System.out.println(READY + "http://localhost:" + tomcat.getConnector().getLocalPort());
        System.out.flush();
        tomcat.getServer().await();
        return 0;
    }

    private Tomcat serving(BareServlet servlet) throws LifecycleException {
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(data.resolve("tomcat").toString());
        tomcat.setPort(0);
        tomcat.getConnector().getProtocolHandler().setExecutor(new VirtualThreadExecutor("request-"));
        Context context = tomcat.addContext("", null);
        Tomcat.addServlet(context, "bare", servlet).addMapping("/*");
        tomcat.start();
        return tomcat;
    }

    private static void close(LocalPostgres postgres) {
        try {
            postgres.close();
        } catch (IOException e) {
            System.err.println("PostgreSQL did not stop: " + e.getMessage());
        }
    }
}
