package dev.sallyport.api;

import static dev.sallyport.api.RunningBroker.INVOICES;
import static dev.sallyport.api.RunningBroker.form;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jose.util.JSONObjectUtils;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sallyport.api.RunningBroker.Answer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Machines without a token issuer get tokens over HTTP, and their copies do not. */
class SignedDocumentsTest {

    private static final String REGISTERED = "i-0000000000000feed";

    private static final String BUNDLE = """
            trustProviders:
              - { name: admins, type: oidc, issuer: "@platform@", keys: { jwksUri: "@platform@/jwks" } }
              - { name: ec2, type: aws-identity-document, accounts: [ "111122223333" ], tofu: true, instances: [ { id: i-0000000000000feed, jkt: "@jkt@" } ] }
              - { name: aws, type: aws-caller-identity, accounts: [ "111122223333" ] }
              - { name: azure, type: azure-attested-document, subscriptions: [ 5ca1ab1e-0000-4000-8000-00000000cafe ] }
            agents:
              - { name: admin, kind: workload, bindings: [ { provider: admins, match: { repository_id: "1001" } } ] }
              - { name: machine, kind: workload, bindings: [ { provider: ec2, match: { image_id: ami-1 } } ] }
              - { name: builder, kind: workload, bindings: [ { provider: aws, match: { arn: "arn:aws:iam::111122223333:role/builder" } } ] }
              - { name: vm, kind: workload, bindings: [ { provider: azure, match: { vm_id: c0ffee00-0000-4000-8000-00000000beef } } ] }
            targets:
              - { name: invoices, resource: "https://invoices.example/mcp", kind: api, actions: [ read ], defaultActions: [ read ] }
            policies:
              - { name: reads, effect: allow, agents: [ { name: "*" } ], targets: [ invoices ], actions: [ read ] }
              - { name: admin, effect: allow, agents: [ { name: admin }, { name: machine } ], targets: [ sallyport ], actions: [ "*" ] }
            """;

    private static final DateTimeFormatter AZURE_TIME =
            DateTimeFormatter.ofPattern("MM/dd/uu HH:mm:ss").withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter AWS_TIME =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    @TempDir
    static Path directory;

    static TestPlatform platform;
    static RunningBroker broker;
    static DocumentSigner aws;
    static DocumentSigner azure;
    private static FakeSts sts;
    static DpopKey registeredKey;

    private final DpopKey key = DpopKey.generate();

    @BeforeAll
    static void start() throws IOException {
        platform = TestPlatform.start();
        aws = DocumentSigner.root("eu-west-1");
        DocumentSigner root = DocumentSigner.root("Root G2");
        azure = root.host("eastus.metadata.azure.com");
        sts = new FakeSts();
        registeredKey = DpopKey.generate();
        broker = RunningBroker.start(
                directory,
                platform,
                BUNDLE.replace("@jkt@", registeredKey.thumbprint()),
                List.of(
                        "--sallyport.aws-certificates=" + aws.file(directory.resolve("aws.pem")),
                        "--sallyport.azure-certificates=" + root.file(directory.resolve("azure.pem")),
                        "--sallyport.sts-endpoint=" + sts.url()));
    }

    @AfterAll
    static void stop() {
        broker.close();
        sts.close();
        platform.close();
    }

    @Test
    void a_machine_enrols_with_its_key_and_a_copy_of_its_document_is_of_no_use() throws ParseException {
        String document = identity("i-0000000000000001", Instant.now());

        Answer answer = exchange("aws-identity-document", document, key, INVOICES);
        Answer copied = exchange("aws-identity-document", document, DpopKey.generate(), INVOICES);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).containsEntry("token_type", "DPoP");
        SignedJWT token = SignedJWT.parse(String.valueOf(answer.body().get("access_token")));
        assertThat(token.getJWTClaimsSet().getClaim("cnf")).isEqualTo(Map.of("jkt", key.thumbprint()));
        assertThat(copied.error()).isEqualTo("invalid_request");
        assertThat(copied.description()).contains("bound to another key");
        assertThat(broker.entries())
                .anySatisfy(entry -> assertThat(entry)
                        .containsEntry("instance", "i-0000000000000001")
                        .containsEntry("jkt", key.thumbprint())
                        .containsEntry("way", "first-use"));
    }

    @Test
    void an_admin_sees_who_enrolled_and_resets_it_and_the_log_tells_of_both() {
        String document = identity("i-0000000000000002", Instant.now());
        assertThat(exchange("aws-identity-document", document, key, INVOICES).status())
                .isEqualTo(200);
        String admin = adminToken();

        Answer list = broker.send(broker.request("/v1/trust-providers/ec2/enrolments?limit=1")
                .header("Authorization", "Bearer " + admin));
        assertThat(list.status()).isEqualTo(200);
        assertThat(list.http().body()).contains("i-000000000000000", "first-use");
        assertThat(reset("i-0000000000000002", admin).status()).isEqualTo(204);
        assertThat(reset("i-0000000000000002", admin).status()).isEqualTo(404);

        assertThat(broker.entries())
                .anySatisfy(entry -> assertThat(entry)
                        .containsEntry("instance", "i-0000000000000002")
                        .containsEntry("author", "admin"));
        DpopKey another = DpopKey.generate();
        assertThat(exchange("aws-identity-document", document, another, INVOICES)
                        .status())
                .isEqualTo(200);
    }

    @Test
    void an_old_machine_does_not_enrol_on_first_use_and_a_registered_one_needs_its_own_key() {
        Instant longAgo = Instant.now().minus(Duration.ofDays(40));

        assertThat(exchange("aws-identity-document", identity("i-0000000000000003", longAgo), key, INVOICES)
                        .description())
                .contains("too long ago");
        assertThat(exchange("aws-identity-document", identity(REGISTERED, longAgo), key, INVOICES)
                        .description())
                .contains("bound to another key");
        assertThat(exchange("aws-identity-document", identity(REGISTERED, longAgo), registeredKey, INVOICES)
                        .status())
                .isEqualTo(200);
    }

    @Test
    void first_use_never_reaches_the_brokers_own_api_and_a_registered_key_does() {
        String api = broker.issuer() + "/v1";
        Answer refused = exchange(
                "aws-identity-document",
                identity("i-0000000000000004", Instant.now()),
                key,
                api,
                "scope",
                "audit:read");
        Answer issued = exchange(
                "aws-identity-document",
                identity(REGISTERED, Instant.now()),
                registeredKey,
                api,
                "scope",
                "audit:read");

        assertThat(refused.error()).isEqualTo("invalid_target");
        assertThat(refused.description()).contains("first use");
        assertThat(issued.status()).isEqualTo(200);
    }

    @Test
    void without_a_dpop_proof_or_with_a_bad_one_a_document_is_not_even_looked_at() {
        String document = identity("i-0000000000000005", Instant.now());
        String body = form(
                "grant_type",
                TokenExchangeTest.GRANT,
                "subject_token",
                Base64URL.encode(document).toString(),
                "subject_token_type",
                "https://sallyport.dev/token-type/aws-identity-document",
                "resource",
                INVOICES);

        Answer none = broker.post(body);
        Answer bad = broker.send(broker.request("/oauth2/token")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("DPoP", key.proof("GET", broker.issuer() + "/oauth2/token"))
                .POST(HttpRequest.BodyPublishers.ofString(body)));

        assertThat(none.error()).isEqualTo("invalid_dpop_proof");
        assertThat(bad.error()).isEqualTo("invalid_dpop_proof");
    }

    @Test
    void what_is_no_json_in_base64url_is_an_invalid_request() {
        for (String junk : List.of("%%%", "AAAA", Base64URL.encode("[]").toString(), "A".repeat(50_000))) {
            Answer answer = raw("aws-identity-document", junk, key, INVOICES);
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.error()).isEqualTo("invalid_request");
        }
    }

    @Test
    void a_challenge_is_32_letters_and_digits_for_the_key_that_asks() {
        Answer answer = challenge(key);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).containsEntry("expires_in", 300L);
        assertThat(String.valueOf(answer.body().get("challenge"))).matches("[A-Za-z0-9]{32}");
        Answer keyless = broker.send(broker.request("/oauth2/challenge").POST(HttpRequest.BodyPublishers.noBody()));
        assertThat(keyless.error()).isEqualTo("invalid_dpop_proof");
        assertThat(broker.send(broker.request("/oauth2/challenge")).status()).isEqualTo(405);
    }

    @Test
    void a_machine_of_azure_gets_one_token_for_one_challenge() {
        String document = attested(String.valueOf(challenge(key).body().get("challenge")));

        Answer stolen = exchange("azure-attested-document", document, DpopKey.generate(), INVOICES);
        Answer answer = exchange("azure-attested-document", document, key, INVOICES);
        Answer replayed = exchange("azure-attested-document", document, key, INVOICES);

        assertThat(stolen.description()).contains("not a challenge");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(replayed.description()).contains("used before");
    }

    @Test
    void a_role_proves_itself_by_a_presigned_request_that_names_this_broker_and_its_key() {
        sts.answer = FakeSts.role("111122223333");
        Answer answer = exchange("aws-caller-identity", presigned(), key, INVOICES);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(sts.serverId).isEqualTo(broker.issuer() + ";" + key.thumbprint());
        assertThat(sts.accept).isEqualTo("application/json");

        sts.answer = FakeSts.role("444455556666");
        assertThat(exchange("aws-caller-identity", presigned(), key, INVOICES).error())
                .isEqualTo("invalid_request");
    }

    @Test
    void an_sts_that_redirects_or_is_slow_costs_no_more_than_two_seconds_and_gives_no_token() {
        sts.redirect = true;
        assertThat(exchange("aws-caller-identity", presigned(), key, INVOICES).status())
                .isEqualTo(503);
        sts.redirect = false;
        sts.slow = true;
        Instant before = Instant.now();
        assertThat(exchange("aws-caller-identity", presigned(), key, INVOICES).status())
                .isEqualTo(503);
        assertThat(Duration.between(before, Instant.now())).isLessThan(Duration.ofSeconds(5));
        sts.slow = false;
    }

    private static String identity(String instance, Instant started) {
        String pkcs7 = aws.sign("""
                {"accountId":"111122223333","imageId":"ami-1","instanceId":"%s","instanceType":"t4g.small",
                 "pendingTime":"%s","region":"eu-west-1","billingProducts":null}""".formatted(instance, started.truncatedTo(ChronoUnit.SECONDS)));
        return JSONObjectUtils.toJSONString(Map.of("pkcs7", pkcs7));
    }

    private static String attested(String nonce) {
        Instant now = Instant.now();
        String content = """
                {"licenseType":"","nonce":"%s","plan":{"name":"","product":"","publisher":""},"sku":"20_04-lts-gen2",
                 "subscriptionId":"5ca1ab1e-0000-4000-8000-00000000cafe","timeStamp":{"createdOn":"%s -0000",
                 "expiresOn":"%s -0000"},"vmId":"c0ffee00-0000-4000-8000-00000000beef"}""".formatted(nonce, AZURE_TIME.format(now), AZURE_TIME.format(now.plus(Duration.ofHours(6))));
        return JSONObjectUtils.toJSONString(Map.of("encoding", "pkcs7", "signature", azure.sign(content)));
    }

    private static String presigned() {
        String date = AWS_TIME.format(Instant.now());
        String url = sts.url() + "/?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256"
                + "&X-Amz-Credential=ASIAIOSFODNN7EXAMPLE%2F" + date.substring(0, 8)
                + "%2Feu-west-1%2Fsts%2Faws4_request&X-Amz-Date=" + date
                + "&X-Amz-Expires=300&X-Amz-SignedHeaders=host%3Bx-sallyport-server-id&X-Amz-Signature="
                + DpopKey.hash(UUID.randomUUID().toString())
                        .replaceAll("[^0-9a-f]", "0")
                        .repeat(2)
                        .substring(0, 64);
        return JSONObjectUtils.toJSONString(Map.of("url", url));
    }

    private static Answer exchange(String type, String document, DpopKey key, String resource, String... more) {
        return raw(type, Base64URL.encode(document).toString(), key, resource, more);
    }

    private static Answer raw(String type, String subject, DpopKey key, String resource, String... more) {
        String body = form(
                "grant_type",
                TokenExchangeTest.GRANT,
                "subject_token",
                subject,
                "subject_token_type",
                "https://sallyport.dev/token-type/" + type,
                "resource",
                resource);
        return broker.send(broker.request("/oauth2/token")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("DPoP", key.proof("POST", broker.issuer() + "/oauth2/token"))
                .POST(HttpRequest.BodyPublishers.ofString(more.length == 0 ? body : body + "&" + form(more))));
    }

    private static Answer challenge(DpopKey key) {
        return broker.send(broker.request("/oauth2/challenge")
                .header("DPoP", key.proof("POST", broker.issuer() + "/oauth2/challenge"))
                .POST(HttpRequest.BodyPublishers.noBody()));
    }

    private static String adminToken() {
        Answer answer = broker.exchange(
                platform.token(broker.issuer(), claims -> {}),
                "resource",
                broker.issuer() + "/v1",
                "scope",
                "directory:read system:write");
        return String.valueOf(answer.body().get("access_token"));
    }

    private static Answer reset(String instance, String admin) {
        return broker.send(broker.request("/v1/trust-providers/ec2/enrolments/" + instance)
                .header("Authorization", "Bearer " + admin)
                .DELETE());
    }

    /** A security token service that answers what a test tells it to. */
    private static final class FakeSts implements AutoCloseable {

        final HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        final CountDownLatch closed = new CountDownLatch(1);
        volatile String answer = role("111122223333");
        volatile String serverId = "";
        volatile String accept = "";
        volatile boolean redirect;
        volatile boolean slow;

        FakeSts() throws IOException {
            server.createContext("/", this::answer);
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            server.start();
        }

        static String role(String account) {
            return """
                    {"GetCallerIdentityResponse":{"GetCallerIdentityResult":{"Account":"%1$s",
                     "Arn":"arn:aws:sts::%1$s:assumed-role/builder/i-1","UserId":"AROAEXAMPLE:i-1"}}}""".formatted(account);
        }

        String url() {
            return "http://localhost:" + server.getAddress().getPort();
        }

        private void answer(HttpExchange exchange) throws IOException {
            serverId = exchange.getRequestHeaders().getFirst("X-Sallyport-Server-Id");
            accept = exchange.getRequestHeaders().getFirst("Accept");
            if (slow) {
                awaitClose();
            }
            byte[] body = answer.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.getResponseHeaders().set("Location", url() + "/elsewhere");
            exchange.sendResponseHeaders(redirect ? 302 : 200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        }

        private void awaitClose() {
            try {
                closed.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void close() {
            closed.countDown();
            server.stop(0);
        }
    }
}
