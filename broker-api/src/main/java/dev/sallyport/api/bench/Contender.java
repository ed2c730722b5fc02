package dev.sallyport.api.bench;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.SignedJWT;
import dev.sallyport.api.child.Child;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;

/**
 * A program under load, in a process of its own.
 *
 * @param data the directory of its embedded PostgreSQL
 */
record Contender(Child child, Path data, Proc proc) {

    int port() {
        return URI.create(child.baseUrl()).getPort();
    }

    /** CPU seconds of the program alone. */
    double cpuSeconds() {
        return proc.cpuSeconds(child.pid());
    }

    /** CPU seconds of all processes of its PostgreSQL. */
    double postgresCpuSeconds() throws IOException {
        String pid = Files.readAllLines(data.resolve("postgres").resolve("postmaster.pid"))
                .getFirst()
                .strip();
        return proc.treeCpuSeconds(Long.parseLong(pid));
    }

    double residentMib() {
        return proc.residentMib(child.pid());
    }

    /** Whether a token verifies with the keys that the program publishes. */
    boolean verifies(String token) throws IOException {
        try {
            SignedJWT jwt = SignedJWT.parse(token);
            JWK key = JWKSet.load(URI.create(child.baseUrl() + "/oauth2/jwks").toURL())
                    .getKeyByKeyId(jwt.getHeader().getKeyID());
            return key != null && jwt.verify(new ECDSAVerifier(key.toECKey()));
        } catch (ParseException | JOSEException e) {
            return false;
        }
    }
}
