package dev.sallyport.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.util.JSONObjectUtils;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** OAuth and MCP clients of other languages get tokens as they are: {@code src/test/clients}. */
class ClientLibrariesTest {

    private static final String CLIENT_ID = "https://agent.example";
    private static final String BUNDLE = """
            trustProviders:
              - { name: ci, type: oidc, issuer: "@platform@", keys: { jwksUri: "@platform@/jwks" } }
              - { name: own-key, type: oidc, issuer: "https://agent.example", keys: { jwks: @jwks@ } }
            agents:
              - name: bot
                kind: workload
                bindings:
                  - { provider: ci, match: { sub: bot } }
                  - { provider: own-key, match: { sub: "https://agent.example" } }
            targets:
              - name: tools
                resource: "@resource@"
                kind: mcp-server
                actions: [ "tools/call:add", "tools/call:drop" ]
                defaultActions: [ "tools/call:add" ]
                servers: [ bot ]
            policies:
              - { name: adds, effect: allow, agents: [ { name: bot } ], targets: [ tools ], actions: [ "tools/call:add" ] }
              - { name: reads, effect: allow, agents: [ { name: bot } ], targets: [ sallyport ], actions: [ "directory:read" ] }
            """;

    @TempDir
    static Path directory;

    static TestPlatform platform;
    static TestMcpServer mcp;
    static RSAKey key;
    static Path certificate;
    static HttpClient http;
    static RunningBroker broker;

    @BeforeAll
    static void start() throws Exception {
        platform = TestPlatform.start();
        mcp = TestMcpServer.start();
        key = new RSAKeyGenerator(2048)
                .keyIDFromThumbprint(true)
                .algorithm(JWSAlgorithm.RS256)
                .generate();
        TestIdentity server = TestIdentity.make(directory, "server");
        certificate = Files.writeString(directory.resolve("server.pem"), server.pem());
        http = HttpClient.newBuilder().sslContext(trusting(server)).build();
        broker = RunningBroker.start(
                directory,
                platform,
                BUNDLE.replace("@jwks@", new JWKSet(key.toPublicJWK()).toString())
                        .replace("@resource@", mcp.url()),
                List.of(
                        "--server.ssl.key-store=" + server.file(),
                        "--server.ssl.key-store-password=" + TestIdentity.PASSWORD));
        mcp.show(get("/v1/targets/tools/protected-resource", "Authorization", "Bearer " + admin()));
    }

    @AfterAll
    static void stop() {
        broker.close();
        http.close();
        mcp.close();
        platform.close();
    }

    @Test
    void oauth_libraries_for_node_get_tokens() throws Exception {
        assertThat(tokens(ForeignProgram.node("oauth.mjs"))).hasSize(7);
    }

    @Test
    void oauth_libraries_for_python_get_tokens() throws Exception {
        assertThat(tokens(ForeignProgram.python("oauth.py"))).hasSize(4);
    }

    @Test
    void the_oauth_library_of_go_gets_tokens() throws Exception {
        assertThat(tokens(ForeignProgram.go())).hasSize(3);
    }

    @Test
    void the_mcp_sdk_for_node_finds_the_broker_from_a_refusal_and_gets_tokens() throws Exception {
        assertThat(tokens(ForeignProgram.node("mcp.mjs"))).hasSize(2);
    }

    @Test
    void the_mcp_sdk_for_python_finds_the_broker_from_a_refusal_and_gets_tokens() throws Exception {
        assertThat(tokens(ForeignProgram.python("mcp_client.py"))).hasSize(2);
    }

    /** What the program got, each of them verified. */
    private static Map<String, Object> tokens(ForeignProgram program) throws Exception {
        String job = ForeignProgram.job(
                directory,
                JSONObjectUtils.toJSONString(Map.of(
                        "issuer",
                        broker.issuer(),
                        "resource",
                        mcp.url(),
                        "evidence",
                        evidence(),
                        "clientId",
                        CLIENT_ID,
                        "keyId",
                        key.getKeyID(),
                        "privateKey",
                        pem(key))));
        String printed = program.run(
                Map.of(
                        "NODE_EXTRA_CA_CERTS",
                        certificate.toString(),
                        "SSL_CERT_FILE",
                        certificate.toString(),
                        "REQUESTS_CA_BUNDLE",
                        certificate.toString()),
                job);
        Map<String, Object> tokens = JSONObjectUtils.parse(printed);
        JWKSet keys = JWKSet.parse(get("/oauth2/jwks"));
        for (Object each : tokens.values()) {
            SignedJWT token = SignedJWT.parse(String.valueOf(each));
            assertThat(token.verify(new ECDSAVerifier(
                            keys.getKeyByKeyId(token.getHeader().getKeyID()).toECKey())))
                    .isTrue();
            JWTClaimsSet claims = token.getJWTClaimsSet();
            assertThat(claims.getAudience()).containsExactly(mcp.url());
            assertThat(claims.getClaims()).containsEntry("client_id", "bot").containsEntry("scope", "tools/call:add");
        }
        return tokens;
    }

    private static String evidence() {
        return platform.token(broker.issuer(), claims -> claims.put("sub", "bot"));
    }

    private static String admin() throws Exception {
        String form = RunningBroker.form(
                "grant_type",
                RunningBroker.JWT_BEARER,
                "assertion",
                evidence(),
                "resource",
                broker.issuer() + "/v1",
                "scope",
                "directory:read");
        HttpRequest request = HttpRequest.newBuilder(URI.create(broker.issuer() + "/oauth2/token"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(form))
                .build();
        return JSONObjectUtils.getString(
                JSONObjectUtils.parse(
                        http.send(request, BodyHandlers.ofString()).body()),
                "access_token");
    }

    private static String get(String path, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(broker.issuer() + path));
        return http.send(
                        headers.length == 0
                                ? request.build()
                                : request.headers(headers).build(),
                        BodyHandlers.ofString())
                .body();
    }

    private static String pem(RSAKey key) throws Exception {
        return "-----BEGIN PRIVATE KEY-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'})
                        .encodeToString(key.toPrivateKey().getEncoded())
                + "\n-----END PRIVATE KEY-----\n";
    }

    private static SSLContext trusting(TestIdentity server) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("server", server.store().getCertificate("server"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }
}
