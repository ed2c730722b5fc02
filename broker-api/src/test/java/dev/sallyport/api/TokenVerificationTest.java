package dev.sallyport.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.util.JSONObjectUtils;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tokens of every kind as a JOSE library of another language sees them: {@code src/test/clients/node/verify.mjs}. */
class TokenVerificationTest {

    private static final int TOKENS = 1_200;
    private static final String BUNDLE = """
            trustProviders:
              - { name: ci, type: oidc, issuer: "@platform@", keys: { jwksUri: "@platform@/jwks" } }
            agents:
              - { name: bot, kind: workload, bindings: [ { provider: ci, match: { sub: bot } } ] }
            targets:
              - { name: es256, resource: "https://es256.example/mcp", kind: api, actions: [ read ], defaultActions: [ read ] }
              - name: eddsa
                resource: https://eddsa.example
                kind: api
                actions: [ read ]
                defaultActions: [ read ]
                token: { alg: EdDSA, maxTtl: PT2M }
              - name: rs256
                resource: https://rs256.example
                kind: saas
                actions: [ read ]
                defaultActions: [ read ]
                token: { alg: RS256, maxTtl: PT1H, audience: sts.rs256.example }
              - name: dpop
                resource: https://dpop.example
                kind: api
                actions: [ read ]
                defaultActions: [ read ]
                token: { alg: RS256, maxTtl: PT30S, proof: dpop }
              - name: mtls
                resource: https://mtls.example
                kind: api
                actions: [ read ]
                defaultActions: [ read ]
                token: { maxTtl: PT10M, proof: mtls }
            policies:
              - name: reads
                effect: allow
                agents: [ { name: bot } ]
                targets: [ es256, eddsa, rs256, dpop, mtls ]
                actions: [ read ]
            """;
    private static final List<Map<String, Object>> TARGETS = List.of(
            target("https://es256.example/mcp", "https://es256.example/mcp", "ES256", 300, "none"),
            target("https://eddsa.example", "https://eddsa.example", "EdDSA", 120, "none"),
            target("https://rs256.example", "sts.rs256.example", "RS256", 3600, "none"),
            target("https://dpop.example", "https://dpop.example", "RS256", 30, "dpop"),
            target("https://mtls.example", "https://mtls.example", "ES256", 600, "mtls"));

    @TempDir
    static Path directory;

    static TestPlatform platform;
    static TestIdentity server;
    static TestIdentity client;
    static RunningBroker broker;

    @BeforeAll
    static void start() {
        platform = TestPlatform.start();
        server = TestIdentity.make(directory, "server");
        client = TestIdentity.make(directory, "client");
        broker = RunningBroker.start(
                directory,
                platform,
                BUNDLE,
                List.of(
                        "--server.ssl.key-store=" + server.file(),
                        "--server.ssl.key-store-password=" + TestIdentity.PASSWORD,
                        "--server.ssl.client-auth=want"));
    }

    @AfterAll
    static void stop() {
        broker.close();
        platform.close();
    }

    @Test
    void tokens_of_every_kind_verify_by_discovery_and_key_set_alone_and_spoiled_ones_never() throws Exception {
        ForeignProgram verifier = ForeignProgram.node("verify.mjs");
        Path certificate = Files.writeString(directory.resolve("server.pem"), server.pem());
        String job = JSONObjectUtils.toJSONString(Map.of(
                "issuer",
                broker.issuer(),
                "serverCertificate",
                certificate.toString(),
                "clientCertificate",
                Files.writeString(directory.resolve("client.pem"), client.pem()).toString(),
                "clientStore",
                client.file().toString(),
                "storePassword",
                TestIdentity.PASSWORD,
                "evidence",
                List.of(evidence(90), evidence(300), evidence(3000)),
                "targets",
                TARGETS,
                "tokens",
                TOKENS));

        String printed =
                verifier.run(Map.of("NODE_EXTRA_CA_CERTS", certificate.toString()), ForeignProgram.job(directory, job));

        Map<String, Object> result = JSONObjectUtils.parse(printed);
        assertThat(result).containsEntry("tokens", (long) TOKENS).containsEntry("spoiled", 6L * TOKENS);
        Map<String, Object> seen = JSONObjectUtils.getJSONObject(result, "seen");
        assertThat(seen)
                .containsOnlyKeys(
                        "ES256", "EdDSA", "RS256", "door 0", "door 1", "door 2", "jkt", "x5t#S256", "Bearer", "DPoP");
        assertThat(seen.values()).allSatisfy(count -> assertThat((Long) count).isGreaterThan(TOKENS / 6L));
    }

    /** Evidence that ends in so many seconds, accepted at every door. */
    private static Map<String, Object> evidence(long seconds) {
        long end = Instant.now().getEpochSecond() + seconds;
        String jwt = platform.token(broker.issuer(), claims -> {
            claims.put("sub", "bot");
            claims.put("exp", end);
        });
        return Map.of("jwt", jwt, "exp", end);
    }

    private static Map<String, Object> target(String resource, String audience, String alg, int maxTtl, String proof) {
        return Map.of("resource", resource, "audience", audience, "alg", alg, "maxTtl", maxTtl, "proof", proof);
    }
}
