package dev.sallyport.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.util.JSONObjectUtils;
import com.nimbusds.jwt.SignedJWT;
import dev.sallyport.api.config.Site;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.text.ParseException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tokens bound to client certificates: over TLS that ends at the broker, and through a proxy that passes them on. */
class MtlsTest {

    private static final String BUNDLE = """
            trustProviders:
              - { name: ci, type: oidc, issuer: "@platform@", audiences: [ acme-broker ], keys: { jwksUri: "@platform@/jwks" } }
            agents:
              - { name: bot, kind: workload, bindings: [ { provider: ci, match: { repository_id: "1001" } } ] }
            targets:
              - { name: invoices, resource: "https://invoices.example/mcp", kind: api, actions: [ read ], defaultActions: [ read ] }
              - { name: vault, resource: "https://vault.example", kind: api, actions: [ read ], defaultActions: [ read ], token: { proof: mtls } }
            policies:
              - { name: reads, effect: allow, agents: [ { name: bot } ], targets: [ invoices, vault ], actions: [ read ] }
              - name: admin
                effect: allow
                agents: [ { name: bot } ]
                targets: [ sallyport ]
                actions: [ "*" ]
                grant: { proof: mtls }
            """;

    private static final String VAULT = "https://vault.example";

    @TempDir
    static Path directory;

    static TestPlatform platform;
    static TestIdentity server;
    static TestIdentity client;
    static TestIdentity other;
    static RunningBroker tls;
    static RunningBroker proxied;

    @BeforeAll
    static void start() throws IOException {
        platform = TestPlatform.start();
        server = TestIdentity.make(directory, "server");
        client = TestIdentity.make(directory, "client");
        other = TestIdentity.make(directory, "other");
        tls = RunningBroker.start(
                Files.createDirectory(directory.resolve("tls")),
                platform,
                BUNDLE,
                List.of(
                        "--server.ssl.key-store=" + server.file(),
                        "--server.ssl.key-store-password=" + TestIdentity.PASSWORD,
                        "--server.ssl.client-auth=want"));
        proxied = RunningBroker.start(
                Files.createDirectory(directory.resolve("proxied")),
                platform,
                BUNDLE,
                List.of(
                        "--sallyport.trusted-proxy=127.0.0.1,::1",
                        "--sallyport.client-certificate-header=Client-Cert"));
    }

    @AfterAll
    static void stop() {
        tls.close();
        proxied.close();
        platform.close();
    }

    @Test
    void with_a_key_store_the_broker_speaks_tls_and_says_so() {
        assertThat(tls.issuer()).startsWith("https://localhost:");
        assertThat(tls.context().getBean(Site.class).baseUrl()).isEqualTo(tls.issuer());
        assertThat(metadata(tls, null)).containsEntry("tls_client_certificate_bound_access_tokens", true);
        assertThat(metadata(proxied, null)).containsEntry("tls_client_certificate_bound_access_tokens", true);
        assertThat(tls.management("/health/readiness").status()).isEqualTo(200);
    }

    @Test
    void a_token_is_bound_to_the_certificate_where_that_is_asked_for() {
        Seen answer = token(tls, VAULT, client);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).containsEntry("token_type", "Bearer");
        assertThat(confirmation(answer)).isEqualTo(Map.of("x5t#S256", client.thumbprint()));
        Map<?, ?> input =
                (Map<?, ?>) Objects.requireNonNull(tls.attempts().getLast().get("input"));
        assertThat(input.get("proof")).isEqualTo("mtls");
        assertThat(input.get("cnf")).isEqualTo(Map.of("x5t#S256", client.thumbprint()));
    }

    @Test
    void a_certificate_alone_binds_nothing() {
        assertThat(confirmation(token(tls, RunningBroker.INVOICES, client))).isNull();
    }

    @Test
    void without_a_certificate_there_is_no_token() {
        Seen answer = token(tls, VAULT, null);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body()).containsEntry("error", "invalid_request");
        assertThat(String.valueOf(answer.body().get("error_description"))).contains("client certificate");
        assertThat(tls.attempts().getLast()).containsEntry("reason", "certificate");
    }

    @Test
    void key_and_certificate_bind_together() {
        DpopKey key = DpopKey.generate();

        Seen answer = token(tls, VAULT, client, "DPoP", key.proof("POST", tls.issuer() + "/oauth2/token"));

        assertThat(answer.body()).containsEntry("token_type", "DPoP");
        assertThat(confirmation(answer)).isEqualTo(Map.of("jkt", key.thumbprint(), "x5t#S256", client.thumbprint()));
    }

    @Test
    void the_admin_api_wants_the_certificate_that_the_token_is_bound_to() {
        Seen issued = token(tls, tls.issuer() + "/v1", client);
        String token = "Bearer " + issued.body().get("access_token");

        assertThat(get(tls, "/v1/agents", client, "Authorization", token).status())
                .isEqualTo(200);
        for (TestIdentity thief : new TestIdentity[] {null, other}) {
            Seen refused = get(tls, "/v1/agents", thief, "Authorization", token, "Client-Cert", client.structured());
            assertThat(refused.status()).isEqualTo(401);
            assertThat(refused.http().headers().firstValue("WWW-Authenticate").orElseThrow())
                    .startsWith("Bearer error=\"invalid_token\"");
        }
    }

    @Test
    void a_header_from_whoever_connects_is_not_believed() {
        Seen answer = token(tls, VAULT, null, "Client-Cert", client.structured(), "X-Forwarded-For", "203.0.113.9");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(String.valueOf(tls.attempts().getLast().get("client_ip"))).isIn("127.0.0.1", "0:0:0:0:0:0:0:1");
        Seen own = token(tls, VAULT, other, "Client-Cert", client.structured());
        assertThat(confirmation(own)).isEqualTo(Map.of("x5t#S256", other.thumbprint()));
    }

    @Test
    void a_trusted_proxy_passes_on_the_certificate_in_either_form() {
        String nginx = URLEncoder.encode(client.pem(), StandardCharsets.UTF_8).replace("+", "%20");

        for (String header : List.of(client.structured(), nginx)) {
            Seen answer = token(proxied, VAULT, null, "Client-Cert", header);
            assertThat(confirmation(answer)).isEqualTo(Map.of("x5t#S256", client.thumbprint()));
        }
        assertThat(token(proxied, VAULT, null).body()).containsEntry("error", "invalid_request");
        assertThat(token(proxied, VAULT, null, "X-Client-Cert", client.structured())
                        .status())
                .isEqualTo(400);
    }

    @Test
    void a_header_that_is_smuggled_beside_the_proxys_or_is_no_certificate_is_refused() {
        for (String[] headers : new String[][] {
            {"Client-Cert", other.structured(), "Client-Cert", client.structured()},
            {"Client-Cert", other.structured() + ", " + client.structured()},
            {"Client-Cert", ":bm8gY2VydGlmaWNhdGU=:"},
            {"Client-Cert", "client"},
            {"Client-Cert", ":" + "A".repeat(6_000) + ":"},
        }) {
            Seen answer = token(proxied, RunningBroker.INVOICES, null, headers);
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.body()).containsEntry("error", "invalid_request");
            assertThat(String.valueOf(answer.body().get("error_description"))).startsWith("Client-Cert: ");
        }
    }

    @Test
    void a_trusted_proxy_says_which_address_the_client_has() {
        assertThat(token(proxied, RunningBroker.INVOICES, null, "X-Forwarded-For", "198.51.100.1, 203.0.113.9")
                        .status())
                .isEqualTo(200);

        assertThat(proxied.attempts().getLast()).containsEntry("client_ip", "203.0.113.9");
    }

    private record Seen(int status, Map<String, Object> body, HttpResponse<String> http) {}

    private static Seen token(
            RunningBroker broker, String resource, @Nullable TestIdentity identity, String... headers) {
        String form = RunningBroker.form(
                "grant_type",
                RunningBroker.JWT_BEARER,
                "assertion",
                platform.token("acme-broker", claims -> {}),
                "resource",
                resource);
        if (resource.endsWith("/v1")) {
            form += "&scope=directory:read";
        }
        HttpRequest.Builder request = request(broker, "/oauth2/token", headers)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(form));
        return send(request, identity);
    }

    private static Seen get(RunningBroker broker, String path, @Nullable TestIdentity identity, String... headers) {
        return send(request(broker, path, headers), identity);
    }

    private static Map<String, Object> metadata(RunningBroker broker, @Nullable TestIdentity identity) {
        return get(broker, "/.well-known/oauth-authorization-server", identity).body();
    }

    private static HttpRequest.Builder request(RunningBroker broker, String path, String... headers) {
        String base = broker.context().getBean(Site.class).baseUrl();
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(base + path)).timeout(Duration.ofSeconds(20));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return request;
    }

    private static Seen send(HttpRequest.Builder request, @Nullable TestIdentity identity) {
        HttpRequest built = request.build();
        try (HttpClient http =
                HttpClient.newBuilder().sslContext(context(identity)).build()) {
            HttpResponse<String> response = http.send(built, BodyHandlers.ofString());
            ContractCheck.check(built, response);
            return new Seen(response.statusCode(), JSONObjectUtils.parse(response.body()), response);
        } catch (IOException | ParseException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static SSLContext context(@Nullable TestIdentity identity) {
        try {
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry("server", server.store().getCertificate("server"));
            TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
            trust.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(identity == null ? null : identity.keys().getKeyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new AssertionError(e);
        }
    }

    private static @Nullable Object confirmation(Seen answer) {
        assertThat(answer.status()).isEqualTo(200);
        try {
            return SignedJWT.parse(String.valueOf(answer.body().get("access_token")))
                    .getJWTClaimsSet()
                    .getClaim("cnf");
        } catch (ParseException e) {
            throw new AssertionError(e);
        }
    }
}
