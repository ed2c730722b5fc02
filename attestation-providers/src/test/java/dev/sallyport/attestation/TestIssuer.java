package dev.sallyport.attestation;

import com.nimbusds.jose.JWSAlgorithm;
import dev.sallyport.core.attest.TrustProvider;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A platform of the tests: what a plain token of it says, and the document that trusts it.
 *
 * @param type the trust provider type
 * @param issuer its {@code iss}
 * @param claims what its tokens say besides the registered claims
 * @param require the pins of its document
 */
record TestIssuer(String type, String issuer, Map<String, Object> claims, Map<String, List<String>> require) {

    static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
    static final long SECOND = NOW.getEpochSecond();
    static final InstantSource CLOCK = InstantSource.fixed(NOW);
    static final String BROKER = "https://broker.example";

    static final TestKey RSA = TestKey.of("rsa", JWSAlgorithm.RS256);
    static final TestKey EC = TestKey.of("ec", JWSAlgorithm.ES256);
    static final TestKey ED = TestKey.of("ed", JWSAlgorithm.EdDSA);

    static final TestIssuer OIDC = new TestIssuer(
            "oidc",
            "https://idp.example/realms/acme",
            Map.of("tenant", "acme", "realm_access", Map.of("tier", "gold", "level", 3), "email", "bot@acme.example"),
            Map.of("tenant", List.of("acme")));

    static final TestIssuer GITHUB = new TestIssuer(
            "github-actions",
            "https://token.actions.githubusercontent.com",
            Map.of(
                    "repository", "acme/invoices",
                    "repository_id", "1001",
                    "repository_owner", "acme",
                    "repository_owner_id", "4242",
                    "ref", "refs/heads/main",
                    "event_name", "push",
                    "jti", "a-jti"),
            Map.of("repository_owner_id", List.of("4242")));

    static final TestIssuer KUBERNETES = new TestIssuer(
            "kubernetes",
            "https://oidc.cluster.example/id/7",
            Map.of(
                    "jti",
                    "token-1",
                    "kubernetes.io",
                    Map.of(
                            "namespace", "billing",
                            "serviceaccount", Map.of("name", "invoice-bot", "uid", "sa-uid-1"),
                            "pod", Map.of("name", "invoice-bot-5d", "uid", "pod-uid-1"),
                            "node", Map.of("name", "node-a", "uid", "node-uid-1"),
                            "warnafter", SECOND + 100)),
            Map.of("jti", List.of("token-1")));

    /** One for each type: that of its first accepted case. */
    static List<TestIssuer> all() {
        Map<String, TestIssuer> first = new LinkedHashMap<>();
        PlatformCase.all().stream()
                .filter(PlatformCase::accepted)
                .forEach(each -> first.computeIfAbsent(each.type(), type -> of(each)));
        return List.copyOf(first.values());
    }

    private static TestIssuer of(PlatformCase platform) {
        Map<String, Object> claims = new HashMap<>(platform.claims());
        String issuer = String.valueOf(claims.get("iss"));
        claims.keySet().removeAll(Set.of("iss", "aud", "iat", "nbf", "exp"));
        return new TestIssuer(platform.type(), issuer, claims, platform.require());
    }

    Profile profile() {
        return Profiles.shipped().find(type).orElseThrow();
    }

    /** The {@code sub} of its token. */
    String subject() {
        return String.valueOf(claims.getOrDefault("sub", "workload-7"));
    }

    /** A token that is accepted. */
    TestToken token() {
        Map<String, Object> all = new HashMap<>(claims);
        all.put("iss", issuer);
        all.put("sub", subject());
        all.put("aud", BROKER);
        all.put("iat", SECOND - 10);
        all.put("nbf", SECOND - 10);
        all.put("exp", SECOND + 300);
        return new TestToken(RSA, all);
    }

    TrustProvider document() {
        return document(inline(RSA, EC, ED));
    }

    TrustProvider document(TrustProvider.Keys keys) {
        return new TrustProvider("acme", type, issuer, List.of("acme-broker"), keys, require, List.of());
    }

    JwtAttestor attestor() {
        return attestor(document());
    }

    static JwtAttestor attestor(TrustProvider document) {
        return (JwtAttestor)
                providers(FakeFetch.nothing()).compile(document, Set.of()).attestor();
    }

    static Providers providers(Fetch fetch) {
        return new Providers(BROKER, fetch, null, CLOCK, () -> 0L, Runnable::run);
    }

    static TrustProvider.Keys inline(TestKey... keys) {
        return inline(Arrays.stream(keys).map(TestKey::jwk).toList());
    }

    static TrustProvider.Keys inline(List<Map<String, Object>> keys) {
        return new TrustProvider.Keys(null, null, Map.of("keys", keys), null);
    }
}
