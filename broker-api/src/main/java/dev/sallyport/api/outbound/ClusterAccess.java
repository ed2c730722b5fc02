package dev.sallyport.api.outbound;

import dev.sallyport.core.Invalid;
import dev.sallyport.core.Names;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * How one Kubernetes cluster is reached.
 *
 * @param server its API server, https
 * @param tls trusts the cluster's own authority and no other; null where the platform's are to be trusted
 * @param token the broker's own token there; null where it is in a file
 * @param tokenFile where the token is, read anew for each request since it is renewed
 */
record ClusterAccess(
        URI server,
        @Nullable SSLContext tls,
        @Nullable String token,
        @Nullable Path tokenFile) {

    static final String FIELD = "kubernetes-cluster";

    private static final String IN_CLUSTER = "in-cluster";
    private static final Path ACCOUNT = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

    /**
     * Reads {@code NAME=KUBECONFIG} or {@code NAME=in-cluster} of each cluster; throws {@link Invalid} for anything else.
     *
     * @param environment the variables of the process
     * @param account where a pod finds its own service account
     */
    static Map<String, ClusterAccess> read(
            List<String> settings, UnaryOperator<@Nullable String> environment, Path account) {
        Map<String, ClusterAccess> clusters = new TreeMap<>();
        for (String setting : settings) {
            int equals = setting.indexOf('=');
            Invalid.unless(equals > 0, FIELD, "must be NAME=KUBECONFIG or NAME=in-cluster");
            String name = setting.substring(0, equals).strip();
            String place = setting.substring(equals + 1).strip();
            Names.check(FIELD, name);
            ClusterAccess access =
                    place.equals(IN_CLUSTER) ? inCluster(environment, account) : Kubeconfig.read(path(place));
            Invalid.unless(clusters.put(name, access) == null, FIELD, "names " + name + " twice");
        }
        return clusters;
    }

    static Map<String, ClusterAccess> read(List<String> settings) {
        return read(settings, System::getenv, ACCOUNT);
    }

    private static ClusterAccess inCluster(UnaryOperator<@Nullable String> environment, Path account) {
        String host = environment.apply("KUBERNETES_SERVICE_HOST");
        String port = environment.apply("KUBERNETES_SERVICE_PORT");
        Invalid.unless(host != null && port != null, FIELD, "is in-cluster, but this is not a pod of a cluster");
        String shown = String.valueOf(host).contains(":") ? "[" + host + "]" : String.valueOf(host);
        Path token = account.resolve("token");
        Invalid.unless(Files.isReadable(token), FIELD, token + " can't be read");
        return new ClusterAccess(
                server("https://" + shown + ":" + port), trusting(bytes(account.resolve("ca.crt"))), null, token);
    }

    /** An https URL; a path is kept, since some API servers are behind one. */
    static URI server(@Nullable String url) {
        try {
            URI server = URI.create(url == null ? "" : url);
            Invalid.unless(
                    "https".equals(server.getScheme())
                            && server.getHost() != null
                            && server.getRawUserInfo() == null
                            && server.getRawQuery() == null
                            && server.getRawFragment() == null,
                    FIELD,
                    "has a server that is not an https URL");
            return server;
        } catch (IllegalArgumentException e) {
            throw new Invalid(FIELD, "has a server that is not an https URL");
        }
    }

    static SSLContext trusting(byte[] pem) {
        try {
            Collection<? extends Certificate> authorities =
                    CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(pem));
            Invalid.unless(!authorities.isEmpty(), FIELD, "has a certificate authority without a certificate");
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            int number = 0;
            for (Certificate authority : authorities) {
                trusted.setCertificateEntry("authority-" + number++, authority);
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            SSLContext tls = SSLContext.getInstance("TLS");
            tls.init(null, trust.getTrustManagers(), null);
            return tls;
        } catch (GeneralSecurityException | IOException e) {
            throw new Invalid(FIELD, "has a certificate authority that is not in PEM");
        }
    }

    static Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new Invalid(FIELD, "is not a path");
        }
    }

    static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new Invalid(FIELD, file + " does not exist or can't be read");
        }
    }

    /** The broker's own token as it is now. */
    String credentials() throws IOException {
        if (tokenFile == null) {
            return String.valueOf(token);
        }
        try {
            return Files.readString(tokenFile, StandardCharsets.US_ASCII).strip();
        } catch (IOException e) {
            throw new IOException(tokenFile + " can't be read", e);
        }
    }

    @Override
    public String toString() {
        return "ClusterAccess[" + server + "]";
    }
}
