package dev.sallyport.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.util.JSONObjectUtils;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.sallyport.api.config.Site;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.springframework.context.ConfigurableApplicationContext;

/** What {@code serve --dev} adds, seen from outside the server. */
@ResourceLock(Resources.SYSTEM_ERR)
@ResourceLock(Resources.SYSTEM_OUT)
class DevelopmentModeTest {

    private static final String DEV = "--sallyport.dev=true";
    private static final String BUNDLE = """
            agents:
              - { name: my-agent, kind: workload, bindings: [ { provider: dev, match: { sub: me, team: billing } } ] }
            targets:
              - { name: invoices, resource: "https://invoices.example/mcp", kind: mcp-server, actions: [ "invoices:read" ] }
            policies:
              - { name: reads, effect: allow, agents: [ { name: my-agent } ], targets: [ invoices ], actions: [ "*" ] }
            """;

    private final HttpClient http = HttpClient.newHttpClient();
    private final PrintStream stdout = System.out;
    private final PrintStream stderr = System.err;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    Path directory;

    @BeforeEach
    void listen() {
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void listenNoMore() {
        System.setOut(stdout);
        System.setErr(stderr);
    }

    @Test
    void the_developers_evidence_becomes_an_admin_token_and_is_not_in_the_log() throws Exception {
        try (var broker = start(DEV)) {
            String evidence = evidence();
            String token = adminToken(broker, evidence);

            assertThat(send(get(broker, "/v1/agents/developer", token)).statusCode())
                    .isEqualTo(200);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(evidenceFile())))
                    .isEqualTo("rw-------");
            JWTClaimsSet claims = SignedJWT.parse(evidence).getJWTClaimsSet();
            assertThat(claims.getExpirationTime().toInstant())
                    .isEqualTo(claims.getIssueTime().toInstant().plus(Duration.ofHours(12)));
        }
        assertThat(err.toString(StandardCharsets.UTF_8)).doesNotContain("eyJ");
        String told = out.toString(StandardCharsets.UTF_8);
        assertThat(told).doesNotContain("eyJ").contains("dev-evidence").contains("/oauth2/token");
        assertThat(told.strip().lines().toList().getLast()).startsWith("sallyport ready ");
    }

    @Test
    void an_agent_of_the_users_bundle_is_tried_with_evidence_for_another_subject() throws Exception {
        try (var broker = start(DEV, bootstrap(BUNDLE))) {
            String developer = evidence();

            HttpResponse<String> mine = devToken(broker, developer, "sub=me&team=billing");
            HttpResponse<String> other = devToken(broker, developer, "sub=me&team=sales");

            assertThat(exchange(broker, mine.body(), "https://invoices.example/mcp", "invoices:read")
                            .statusCode())
                    .isEqualTo(200);
            assertThat(exchange(broker, other.body(), "https://invoices.example/mcp", "invoices:read")
                            .body())
                    .contains("unauthorized_client");
            assertThat(devToken(broker, mine.body(), "sub=you").statusCode()).isEqualTo(401);
            assertThat(devToken(broker, "nonsense", "sub=you").statusCode()).isEqualTo(401);
            assertThat(devToken(broker, developer, "sub=developer").statusCode())
                    .isEqualTo(422);
            assertThat(devToken(broker, developer, "sub=you&exp=9999999999").statusCode())
                    .isEqualTo(422);
            assertThat(devToken(broker, developer, "team=billing").statusCode()).isEqualTo(422);
        }
    }

    @Test
    void it_is_reached_by_loopback_names_only_on_both_ports() throws Exception {
        try (var broker = start(DEV, "--server.address=0.0.0.0", "--management.server.address=0.0.0.0")) {
            int management = Integer.parseInt(broker.getEnvironment().getRequiredProperty("local.management.port"));
            for (int port : List.of(port(broker), management)) {
                String path = port == management ? "/health/liveness" : "/oauth2/jwks";
                assertThat(status(port, path, "localhost:" + port)).contains(" 200");
                assertThat(status(port, path, "127.0.0.1:" + port)).contains(" 200");
                assertThat(status(port, path, "evil.example:" + port)).contains(" 421");
                assertThat(status(port, path, "localhost:1")).contains(" 421");
                assertThatThrownBy(() -> new Socket(InetAddress.ofLiteral("127.0.0.2"), port).close())
                        .isInstanceOf(ConnectException.class);
            }
            assertThat(status(port(broker), "/oauth2/token", "evil.example")).contains(" 421");
        }
    }

    @Test
    void it_starts_again_on_the_same_directory_and_the_first_evidence_still_holds() throws Exception {
        String first;
        String issuer;
        try (var broker = start(DEV)) {
            first = evidence();
            issuer = broker.getBean(Site.class).issuer();
        }
        try (var broker = start(DEV, "--sallyport.issuer=" + issuer)) {
            assertThat(adminToken(broker, first)).isNotBlank();
            assertThat(adminToken(broker, evidence())).isNotBlank();
        }
    }

    @Test
    void without_it_nothing_of_it_exists() throws Exception {
        try (var broker = start(bootstrap("targets: []"))) {
            assertThat(evidenceFile()).doesNotExist();
            assertThat(devToken(broker, "any", "sub=me").statusCode()).isEqualTo(404);
            assertThat(status(port(broker), "/oauth2/jwks", "broker.example")).contains(" 200");
            try (Socket elsewhere = new Socket(InetAddress.ofLiteral("127.0.0.2"), port(broker))) {
                assertThat(elsewhere.isConnected()).isTrue();
            }
        }
        assertThatThrownBy(() -> start(DEV)).rootCause().hasMessageContaining("without --dev");
    }

    @Test
    void an_external_database_is_refused() {
        assertThatThrownBy(() -> start(DEV, "--spring.datasource.url=jdbc:postgresql://db.example/sallyport"))
                .rootCause()
                .hasMessageContaining("dev")
                .hasMessageContaining("spring.datasource.url");
    }

    @Test
    void a_name_that_it_needs_is_refused_in_the_users_bundle() throws IOException {
        String taken = BUNDLE.replace("my-agent", "developer");

        assertThatThrownBy(() -> start(DEV, bootstrap(taken)))
                .rootCause()
                .hasMessageContaining("agents[0].name")
                .hasMessageContaining("developer");
        assertThat(directory.resolve("data").resolve("postgres")).doesNotExist();
    }

    private ConfigurableApplicationContext start(String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "--sallyport.port=0",
                "--sallyport.management-port=0",
                "--sallyport.data=" + directory.resolve("data")));
        arguments.addAll(List.of(more));
        return ServeCommand.start(arguments);
    }

    private String bootstrap(String bundle) throws IOException {
        return "--sallyport.bootstrap=" + Files.writeString(directory.resolve("bundle.yaml"), bundle);
    }

    private Path evidenceFile() {
        return directory.resolve("data").resolve("dev-evidence");
    }

    private String evidence() throws IOException {
        return Files.readString(evidenceFile());
    }

    private static int port(ConfigurableApplicationContext broker) {
        return broker.getBean(Site.class).port();
    }

    private String adminToken(ConfigurableApplicationContext broker, String evidence) throws Exception {
        String api = broker.getBean(Site.class).issuer() + "/v1";
        HttpResponse<String> answer = exchange(broker, evidence, api, "directory:read system:write");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return String.valueOf(JSONObjectUtils.parse(answer.body()).get("access_token"));
    }

    private HttpResponse<String> exchange(
            ConfigurableApplicationContext broker, String evidence, String resource, String scope) throws Exception {
        return send(form(
                broker,
                "/oauth2/token",
                RunningBroker.form(
                        "grant_type",
                        RunningBroker.JWT_BEARER,
                        "assertion",
                        evidence,
                        "resource",
                        resource,
                        "scope",
                        scope)));
    }

    private HttpResponse<String> devToken(ConfigurableApplicationContext broker, String bearer, String form)
            throws Exception {
        return send(form(broker, "/dev/token", form).header("Authorization", "Bearer " + bearer));
    }

    private static HttpRequest.Builder form(ConfigurableApplicationContext broker, String path, String form) {
        return request(broker, path)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(form));
    }

    private static HttpRequest.Builder get(ConfigurableApplicationContext broker, String path, String token) {
        return request(broker, path).header("Authorization", "Bearer " + token);
    }

    private static HttpRequest.Builder request(ConfigurableApplicationContext broker, String path) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + port(broker) + path))
                .timeout(Duration.ofSeconds(20));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return http.send(request.build(), BodyHandlers.ofString());
    }

    /** The status line, for a Host that the JDK's client would not send. */
    private static String status(int port, String path, String host) throws IOException {
        try (Socket socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), port)) {
            socket.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return answer.lines().findFirst().orElse("");
        }
    }
}
