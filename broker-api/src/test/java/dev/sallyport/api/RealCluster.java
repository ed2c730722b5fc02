package dev.sallyport.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.util.JSONObjectUtils;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.text.ParseException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** The API server of Kubernetes itself on an etcd, without any node: pods run when the test says so. */
final class RealCluster implements AutoCloseable {

    static final String ISSUER = "https://kubernetes.default.svc.cluster.local";

    private final Path directory;
    private final int port;
    private final HttpClient http;
    private final List<Process> processes;

    private RealCluster(Path directory, int port, HttpClient http, List<Process> processes) {
        this.directory = directory;
        this.port = port;
        this.http = http;
        this.processes = processes;
    }

    /** Starts both programs, and returns once the API server is ready. */
    static RealCluster start(Path directory) throws IOException, GeneralSecurityException {
        TestIdentity identity = TestIdentity.make(directory, "apiserver");
        Files.writeString(directory.resolve("ca.crt"), identity.pem());
        Files.writeString(directory.resolve("apiserver.key"), identity.keyPem());
        KeyPairGenerator accounts = KeyPairGenerator.getInstance("RSA");
        accounts.initialize(2048);
        Files.writeString(
                directory.resolve("accounts.key"),
                RealProgram.pem(accounts.generateKeyPair().getPrivate()));
        Files.writeString(directory.resolve("admins.csv"), "admin-token,admin,admin,system:masters\n");
        String etcd = "http://127.0.0.1:" + RealProgram.freePort();
        String peer = "http://127.0.0.1:" + RealProgram.freePort();
        int port = RealProgram.freePort();
        Process store = RealProgram.named("etcd")
                .start(
                        directory,
                        List.of(
                                "--data-dir=etcd",
                                "--listen-client-urls=" + etcd,
                                "--advertise-client-urls=" + etcd,
                                "--listen-peer-urls=" + peer,
                                "--initial-advertise-peer-urls=" + peer,
                                "--initial-cluster=default=" + peer));
        Process api = RealProgram.named("kube-apiserver")
                .start(
                        directory,
                        List.of(
                                "--etcd-servers=" + etcd,
                                "--bind-address=127.0.0.1",
                                "--secure-port=" + port,
                                "--tls-cert-file=ca.crt",
                                "--tls-private-key-file=apiserver.key",
                                "--service-account-issuer=" + ISSUER,
                                "--service-account-signing-key-file=accounts.key",
                                "--service-account-key-file=accounts.key",
                                "--api-audiences=" + ISSUER,
                                "--service-cluster-ip-range=10.0.0.0/24",
                                "--authorization-mode=RBAC",
                                "--token-auth-file=admins.csv",
                                "--disable-admission-plugins=ServiceAccount"));
        RealCluster cluster = new RealCluster(directory, port, trusting(identity), List.of(api, store));
        await().atMost(Duration.ofSeconds(90))
                .ignoreExceptions()
                .until(() -> cluster.send("GET", "/readyz", "").statusCode() == 200);
        return cluster;
    }

    /** Does what the file of a manifest would; returns the object as the server has it. */
    Map<String, Object> create(String path, String manifest) {
        return changed("POST", path, manifest);
    }

    /** Merges into an object. */
    void patch(String path, String part) {
        changed("PATCH", path, part);
    }

    void delete(String path) {
        changed("DELETE", path, "{}");
    }

    void delete(String path, String options) {
        changed("DELETE", path, options);
    }

    /** The token of an account for an audience, as the kubelet asks for it. */
    String token(String namespace, String account, String audience, String boundTo) {
        Map<String, Object> answer =
                create("/api/v1/namespaces/" + namespace + "/serviceaccounts/" + account + "/token", """
                { "apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest",
                  "spec": { "audiences": [ "%s" ], "expirationSeconds": 600 %s } }
                """.formatted(
                                audience, boundTo));
        return String.valueOf(((Map<?, ?>) Objects.requireNonNull(answer.get("status"))).get("token"));
    }

    /** A kubeconfig with the token of an account of the cluster. */
    Path kubeconfig(String namespace, String account) throws IOException {
        Files.writeString(directory.resolve("broker-token"), token(namespace, account, ISSUER, ""));
        return Files.writeString(directory.resolve("kubeconfig.yaml"), """
                apiVersion: v1
                kind: Config
                current-context: main
                contexts: [ { name: main, context: { cluster: one, user: broker } } ]
                clusters: [ { name: one, cluster: { server: "https://localhost:%d", certificate-authority: ca.crt } } ]
                users: [ { name: broker, user: { tokenFile: broker-token } } ]
                """.formatted(port));
    }

    private Map<String, Object> changed(String method, String path, String body) {
        try {
            HttpResponse<String> answer = send(method, path, body);
            assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 202);
            return JSONObjectUtils.parse(answer.body());
        } catch (IOException | ParseException e) {
            throw new AssertionError(e);
        }
    }

    private HttpResponse<String> send(String method, String path, String body) throws IOException {
        String type = method.equals("PATCH") ? "application/merge-patch+json" : "application/json";
        try {
            return http.send(
                    HttpRequest.newBuilder(URI.create("https://localhost:" + port + path))
                            .timeout(Duration.ofSeconds(10))
                            .header("Authorization", "Bearer admin-token")
                            .header("Content-Type", type)
                            .method(method, BodyPublishers.ofString(body))
                            .build(),
                    BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static HttpClient trusting(TestIdentity identity) throws GeneralSecurityException, IOException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("api", identity.store().getCertificate("apiserver"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(trusted);
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(null, trust.getTrustManagers(), null);
        return HttpClient.newBuilder().sslContext(tls).build();
    }

    @Override
    public void close() {
        processes.forEach(Process::destroyForcibly);
    }
}
