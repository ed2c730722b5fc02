package dev.sallyport.attestation;

import static dev.sallyport.attestation.TestIssuer.BROKER;
import static dev.sallyport.attestation.TestIssuer.EC;
import static dev.sallyport.attestation.TestIssuer.ED;
import static dev.sallyport.attestation.TestIssuer.RSA;
import static dev.sallyport.attestation.TestIssuer.SECOND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.util.JSONObjectUtils;
import dev.sallyport.core.Invalid;
import dev.sallyport.core.Unavailable;
import dev.sallyport.core.attest.Attestor;
import dev.sallyport.core.attest.Check;
import dev.sallyport.core.attest.Claims;
import dev.sallyport.core.attest.Claims.One;
import dev.sallyport.core.attest.Evidence;
import dev.sallyport.core.attest.TrustProvider;
import dev.sallyport.core.attest.TrustProvider.Keys;
import dev.sallyport.core.attest.Verdict;
import dev.sallyport.core.attest.Verdict.Rejected;
import dev.sallyport.core.attest.Verdict.Verified;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** JWT-SVIDs, and the bundles that hold their keys. */
class SpiffeTest {

    private static final String ENDPOINT = "https://spire.example/bundle";
    private static final String BOT = "spiffe://example.org/ns/billing/sa/invoice-bot";

    private final ManualTime time = new ManualTime();
    private final FakeFetch fetch = FakeFetch.nothing();
    private final Providers providers = new Providers(BROKER, fetch, null, TestIssuer.CLOCK, time, Runnable::run);

    @ParameterizedTest
    @ValueSource(strings = {"es256", "rs256", "ps384"})
    void what_go_spiffe_makes_is_verified(String algorithm) {
        Verdict verdict =
                attestor(inline(parsed(resource("bundle.json")))).attest(Evidence.jwt(resource(algorithm + ".jwt")));

        assertThat(verdict).isInstanceOfSatisfying(Verified.class, verified -> {
            assertThat(verified.subject()).isEqualTo(BOT);
            assertThat(verified.claims())
                    .isEqualTo(Claims.of(Map.of(
                            "spiffe_id", new One(BOT),
                            "trust_domain", new One("example.org"),
                            "path", new One("/ns/billing/sa/invoice-bot"))));
            assertThat(verified.expires()).isEqualTo(Instant.parse("2026-11-24T16:00:00Z"));
        });
    }

    @Test
    void an_issuer_may_be_there_or_not() {
        Attestor attestor = attestor(inline(bundle(svidKey(RSA), svidKey(EC))));

        assertThat(attestor.attest(svid().evidence())).isInstanceOf(Verified.class);
        assertThat(attestor.attest(svid().claim("iss", "https://spire.example").evidence()))
                .isInstanceOf(Verified.class);
        assertThat(attestor.attest(svid().withoutHeader("typ").signedBy(EC).evidence()))
                .isInstanceOf(Verified.class);
    }

    record Case(String name, Check check, TestToken token) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Case> refused() {
        return List.of(
                new Case("no subject", Check.SUBJECT, svid().without("sub")),
                new Case("a subject of another kind", Check.SUBJECT, svid().claim("sub", "repo:acme/bot")),
                new Case("the trust domain itself", Check.SUBJECT, svid().claim("sub", "spiffe://example.org")),
                new Case("a path that climbs", Check.SUBJECT, svid().claim("sub", "spiffe://example.org/a/../b")),
                new Case("another trust domain", Check.ISSUER, svid().claim("sub", "spiffe://example.com/bot")),
                new Case("a longer trust domain", Check.ISSUER, svid().claim("sub", "spiffe://example.org.evil/bot")),
                new Case("EdDSA", Check.ALGORITHM, svid().signedBy(ED)),
                new Case("another typ", Check.TYPE, svid().header("typ", "at+jwt")),
                new Case("an unknown key", Check.KEY, svid().header("kid", "nobody")),
                new Case(
                        "somebody else's key",
                        Check.SIGNATURE,
                        svid().signedInSecretBy(TestKey.of("rsa", JWSAlgorithm.RS256))),
                new Case("no audience", Check.AUDIENCE, svid().without("aud")),
                new Case("another audience", Check.AUDIENCE, svid().claim("aud", List.of("spiffe://example.org/db"))),
                new Case("a further audience", Check.AUDIENCE, svid().claim("aud", List.of(BROKER, "other"))),
                new Case("no expiry", Check.EXPIRY, svid().without("exp")),
                new Case("expired", Check.EXPIRY, svid().claim("exp", SECOND)));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void what_is_no_svid_of_the_trust_domain_is_refused(Case refused) {
        Attestor attestor = attestor(inline(bundle(svidKey(RSA), svidKey(EC), svidKey(ED))));

        assertThat(attestor.attest(refused.token().evidence()))
                .isInstanceOfSatisfying(
                        Rejected.class, rejected -> assertThat(rejected.check()).isEqualTo(refused.check()));
    }

    @Test
    void claims_of_the_token_can_not_pose_as_parts_of_its_id() {
        TestToken posing =
                svid().claim("path", "/admin").claim("trust_domain", "evil").claim("spiffe_id", "x");

        assertThat(attestor(inline(bundle(svidKey(RSA)))).attest(posing.evidence()))
                .isInstanceOfSatisfying(Verified.class, verified -> {
                    assertThat(verified.claims().get("path")).isEqualTo(new One("/ns/billing/sa/invoice-bot"));
                    assertThat(verified.claims().get("trust_domain")).isEqualTo(new One("example.org"));
                });
    }

    @Test
    void pins_may_name_the_parts_of_the_id() {
        TrustProvider document = new TrustProvider(
                "mesh",
                "spiffe",
                null,
                List.of(),
                inline(bundle(svidKey(RSA))),
                Map.of("path", List.of("/ns/billing/sa/invoice-bot")),
                List.of(),
                "example.org",
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null);
        Attestor attestor = providers.compile(document, Set.of()).attestor();

        assertThat(attestor.attest(svid().evidence())).isInstanceOf(Verified.class);
        assertThat(attestor.attest(svid().claim("sub", "spiffe://example.org/ns/other/sa/bot")
                        .evidence()))
                .isInstanceOfSatisfying(
                        Rejected.class, rejected -> assertThat(rejected.check()).isEqualTo(Check.PIN));
    }

    @Test
    void keys_that_are_not_for_jwt_svids_are_ignored() {
        Map<String, Object> withoutKid = svidKey(EC);
        withoutKid.remove("kid");
        fetch.serve(ENDPOINT, json(bundle(use(RSA, "x509-svid"), use(RSA, "sig"), use(RSA, "wit-svid"), withoutKid)));
        Attestor attestor = attestor(endpoint());

        assertThat(attestor.attest(svid().evidence())).isInstanceOf(Rejected.class);
        assertThat(attestor.attest(svid().signedBy(EC).withoutHeader("kid").evidence()))
                .isInstanceOf(Rejected.class);
    }

    @Test
    void a_bundle_without_keys_withdraws_them_all() {
        fetch.serve(ENDPOINT, json(bundle(svidKey(RSA))));
        Attestor attestor = attestor(endpoint());
        assertThat(attestor.attest(svid().evidence())).isInstanceOf(Verified.class);

        fetch.serve(ENDPOINT, "{\"keys\":[]}");
        time.pass(Duration.ofMinutes(6));
        attestor.attest(svid().evidence());

        assertThat(attestor.attest(svid().evidence()))
                .isInstanceOfSatisfying(
                        Rejected.class, rejected -> assertThat(rejected.check()).isEqualTo(Check.KEY));
    }

    @ParameterizedTest
    @ValueSource(longs = {60, 600, 3600})
    void the_refresh_hint_is_kept_to(long hint) {
        assertRefreshedAfter(hint, Duration.ofSeconds(hint));
    }

    @Test
    void a_refresh_hint_out_of_bounds_is_bounded() {
        assertRefreshedAfter(0, SpiffeBundle.SHORTEST);
        assertRefreshedAfter(1, SpiffeBundle.SHORTEST);
        assertRefreshedAfter(Long.MAX_VALUE, SpiffeBundle.LONGEST);
    }

    private void assertRefreshedAfter(long hint, Duration refresh) {
        String url = ENDPOINT + hint;
        Map<String, Object> bundle = bundle(svidKey(RSA));
        bundle.put("spiffe_refresh_hint", hint);
        fetch.serve(url, json(bundle));
        Attestor attestor = attestor(new Keys(null, null, null, null, url));
        long before = fetch.count();
        attestor.attest(svid().evidence());
        time.pass(refresh.minusNanos(1));
        attestor.attest(svid().evidence());
        assertThat(fetch.count() - before).isEqualTo(1);

        time.pass(Duration.ofNanos(1));
        attestor.attest(svid().evidence());
        assertThat(fetch.count() - before).isEqualTo(2);
    }

    @Test
    void a_bundle_that_is_older_by_its_sequence_is_not_taken() {
        fetch.serve(ENDPOINT, json(numbered(7, svidKey(RSA))));
        Attestor attestor = attestor(endpoint());
        assertThat(attestor.attest(svid().evidence())).isInstanceOf(Verified.class);

        fetch.serve(ENDPOINT, json(numbered(6, svidKey(EC))));
        time.pass(Duration.ofMinutes(6));
        attestor.attest(svid().evidence());
        assertThat(attestor.attest(svid().evidence())).isInstanceOf(Verified.class);
        assertThatExceptionOfType(Unavailable.class)
                .isThrownBy(() -> attestor.attest(svid().signedBy(EC).evidence()));

        fetch.serve(ENDPOINT, json(numbered(8, svidKey(EC))));
        time.pass(Duration.ofMinutes(6));
        attestor.attest(svid().signedBy(EC).evidence());
        assertThat(attestor.attest(svid().signedBy(EC).evidence())).isInstanceOf(Verified.class);
        assertThat(attestor.attest(svid().evidence())).isInstanceOf(Rejected.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"keys\":{}}",
                "{\"keys\":[],\"spiffe_refresh_hint\":\"300\"}",
                "{\"keys\":[],\"spiffe_sequence\":-1}",
                "{\"keys\":[],\"spiffe_sequence\":1.5}",
                "[]",
                "<html>"
            })
    void a_malformed_bundle_is_a_failed_fetch(String bundle) {
        fetch.serve(ENDPOINT, bundle);

        assertThatExceptionOfType(Unavailable.class)
                .isThrownBy(() -> attestor(endpoint()).attest(svid().evidence()));
    }

    @Test
    void a_bundle_may_be_a_file(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("bundle.json"), json(bundle(svidKey(RSA))));

        assertThat(attestor(new Keys(null, null, null, file.toString())).attest(svid().evidence()))
                .isInstanceOf(Verified.class);
    }

    @Test
    void a_document_names_a_trust_domain_and_a_bundle_and_no_issuer() {
        refused("keys", () -> attestor(Keys.discovered()));
        refused("keys", () -> attestor(new Keys(null, "https://spire.example/keys", null, null)));
        refused("keys.jwks", () -> attestor(inline(bundle(use(RSA, "x509-svid")))));
        refused("keys.bundleEndpoint", () -> attestor(new Keys(null, null, null, null, "ftp://spire.example")));
        refused("trustDomain", () -> compile(document("spiffe", null, null, endpoint())));
        refused("trustDomain", () -> document("spiffe", null, "Example.org", endpoint()));
        refused("trustDomain", () -> document("spiffe", null, "spiffe://example.org", endpoint()));
        refused("issuer", () -> compile(document("spiffe", "https://spire.example", "example.org", endpoint())));
        refused(
                "trustDomain",
                () -> compile(document("oidc", "https://idp.example", "example.org", TestIssuer.inline(RSA))));
        refused("keys.bundleEndpoint", () -> compile(document("oidc", "https://idp.example", null, endpoint())));
    }

    @Test
    void two_trust_providers_of_one_trust_domain_may_not_share_a_key() {
        Keys keys = inline(bundle(svidKey(RSA)));
        TrustProvider one = document("spiffe", null, "example.org", keys);

        refused("trustProviders[1].keys", () -> providers.checkTogether(List.of(one, one)));
        providers.checkTogether(List.of(one, document("spiffe", null, "example.com", keys)));
        providers.checkTogether(List.of(one, document("spiffe", null, "example.org", inline(bundle(svidKey(EC))))));
    }

    private void compile(TrustProvider document) {
        providers.compile(document, Set.of());
    }

    private static void refused(String field, Runnable attempt) {
        assertThatExceptionOfType(Invalid.class)
                .isThrownBy(attempt::run)
                .satisfies(e -> assertThat(e.field()).isEqualTo(field));
    }

    private Attestor attestor(Keys keys) {
        return providers
                .compile(document("spiffe", null, "example.org", keys), Set.of())
                .attestor();
    }

    private static TrustProvider document(
            String type, @Nullable String issuer, @Nullable String trustDomain, Keys keys) {
        return new TrustProvider(
                "mesh",
                type,
                issuer,
                List.of(),
                keys,
                Map.of(),
                List.of(),
                trustDomain,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null);
    }

    private static TestToken svid() {
        return new TestToken(RSA, Map.of("sub", BOT, "aud", List.of(BROKER), "exp", SECOND + 300, "iat", SECOND - 10));
    }

    private static Keys endpoint() {
        return new Keys(null, null, null, null, ENDPOINT);
    }

    private static Keys inline(Map<String, Object> bundle) {
        return new Keys(null, null, bundle, null);
    }

    @SafeVarargs
    private static Map<String, Object> bundle(Map<String, Object>... keys) {
        List<Object> all = new ArrayList<>();
        for (Map<String, Object> key : keys) {
            all.add(key);
        }
        return new HashMap<>(Map.of("keys", all));
    }

    private static Map<String, Object> numbered(long sequence, Map<String, Object> key) {
        Map<String, Object> bundle = bundle(key);
        bundle.put("spiffe_sequence", sequence);
        return bundle;
    }

    private static Map<String, Object> svidKey(TestKey key) {
        return use(key, "jwt-svid");
    }

    private static Map<String, Object> use(TestKey key, String use) {
        Map<String, Object> jwk = new HashMap<>(key.bareJwk());
        jwk.put("use", use);
        return jwk;
    }

    private static String json(Map<String, Object> bundle) {
        return JSONObjectUtils.toJSONString(bundle);
    }

    private static Map<String, Object> parsed(String json) {
        try {
            return Json.object(json.getBytes(StandardCharsets.UTF_8));
        } catch (ParseException e) {
            throw new AssertionError(e);
        }
    }

    private static String resource(String name) {
        try (InputStream file = Objects.requireNonNull(SpiffeTest.class.getResourceAsStream("go-spiffe/" + name))) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
