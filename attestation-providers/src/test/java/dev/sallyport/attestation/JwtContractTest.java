package dev.sallyport.attestation;

import static dev.sallyport.attestation.TestIssuer.BROKER;
import static dev.sallyport.attestation.TestIssuer.EC;
import static dev.sallyport.attestation.TestIssuer.ED;
import static dev.sallyport.attestation.TestIssuer.NOW;
import static dev.sallyport.attestation.TestIssuer.RSA;
import static dev.sallyport.attestation.TestIssuer.SECOND;
import static dev.sallyport.attestation.TestIssuer.inline;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.util.JSONObjectUtils;
import dev.sallyport.core.attest.Check;
import dev.sallyport.core.attest.Evidence;
import dev.sallyport.core.attest.JwtEvidence;
import dev.sallyport.core.attest.TrustProvider;
import dev.sallyport.core.attest.Verdict;
import dev.sallyport.core.attest.Verdict.Rejected;
import dev.sallyport.core.attest.Verdict.Verified;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every OIDC-shaped trust provider does, whatever its profile.
 *
 * <p>What is particular to one is data: {@link PlatformCasesTest}.
 */
class JwtContractTest {

    /** A change to a good token, and the check that it must fail. */
    private record Case(String name, Check check, Function<TestToken, String> spoiled) {}

    private static final TestKey STRANGER = TestKey.of("rsa", JWSAlgorithm.RS256);

    private static final List<Case> REFUSED = List.of(
            spoiled("wrong audience", Check.AUDIENCE, t -> t.claim("aud", "https://other.example")),
            spoiled(
                    "a foreign audience more",
                    Check.AUDIENCE,
                    t -> t.claim("aud", List.of(BROKER, "sts.amazonaws.com"))),
            spoiled("audience in another case", Check.AUDIENCE, t -> t.claim("aud", "https://BROKER.example")),
            spoiled("two slashes behind the audience", Check.AUDIENCE, t -> t.claim("aud", BROKER + "//")),
            spoiled("no audience", Check.AUDIENCE, t -> t.without("aud")),
            spoiled("empty list of audiences", Check.AUDIENCE, t -> t.claim("aud", List.of())),
            spoiled("a number among the audiences", Check.AUDIENCE, t -> t.claim("aud", List.of(BROKER, 7))),
            spoiled("an object as audience", Check.AUDIENCE, t -> t.claim("aud", Map.of(BROKER, true))),
            spoiled("expires now", Check.EXPIRY, t -> t.claim("exp", SECOND)),
            spoiled("expired", Check.EXPIRY, t -> t.claim("exp", SECOND - 1)),
            spoiled("no expiry", Check.EXPIRY, t -> t.without("exp")),
            spoiled("expiry as text", Check.EXPIRY, t -> t.claim("exp", "" + (SECOND + 300))),
            spoiled("expiry in milliseconds", Check.EXPIRY, t -> t.claim("exp", SECOND * 1000)),
            spoiled("negative expiry", Check.EXPIRY, t -> t.claim("exp", -1)),
            spoiled("not valid yet", Check.NOT_BEFORE, t -> t.claim("nbf", SECOND + 61)),
            spoiled("nbf as text", Check.NOT_BEFORE, t -> t.claim("nbf", "now")),
            spoiled("issued in the future", Check.ISSUED_AT, t -> t.claim("iat", SECOND + 61)),
            spoiled(
                    "issued after its end",
                    Check.ISSUED_AT,
                    t -> t.claim("iat", SECOND + 30).claim("exp", SECOND + 20)),
            spoiled("iat as a list", Check.ISSUED_AT, t -> t.claim("iat", List.of(SECOND))),
            spoiled("another issuer", Check.ISSUER, t -> t.claim("iss", "https://evil.example")),
            spoiled("a slash behind the issuer", Check.ISSUER, t -> t.claim("iss", t.text("iss") + "/")),
            spoiled("no issuer", Check.ISSUER, t -> t.without("iss")),
            spoiled("no subject", Check.SUBJECT, t -> t.without("sub")),
            spoiled("empty subject", Check.SUBJECT, t -> t.claim("sub", "")),
            spoiled("a number as subject", Check.SUBJECT, t -> t.claim("sub", 7)),
            spoiled("access token typ", Check.TYPE, t -> t.header("typ", "at+jwt")),
            spoiled("access token media type", Check.TYPE, t -> t.header("typ", "application/AT+JWT")),
            spoiled("DPoP proof typ", Check.TYPE, t -> t.header("typ", "dpop+jwt")),
            spoiled("empty typ", Check.TYPE, t -> t.header("typ", "")),
            spoiled(
                    "critical header",
                    Check.FORMAT,
                    t -> t.header("crit", List.of("exp")).header("exp", 1)),
            spoiled("empty crit", Check.FORMAT, t -> t.header("crit", List.of())),
            spoiled(
                    "unencoded payload",
                    Check.FORMAT,
                    t -> t.header("b64", false).header("crit", List.of("b64"))),
            spoiled("alg none", Check.ALGORITHM, t -> t.header("alg", "none")),
            spoiled("alg None", Check.ALGORITHM, t -> t.header("alg", "None")),
            spoiled("unknown alg", Check.ALGORITHM, t -> t.header("alg", "RS257")),
            spoiled("secp256k1", Check.ALGORITHM, t -> t.header("alg", "ES256K")),
            spoiled("an EC algorithm with an RSA key", Check.ALGORITHM, t -> t.header("alg", "ES256")),
            spoiled("not the key's own alg", Check.ALGORITHM, t -> t.header("alg", "PS256")),
            spoiled("unknown kid", Check.KEY, t -> t.header("kid", "nobody")),
            spoiled(
                    "another provider's key",
                    Check.KEY,
                    t -> t.signedBy(STRANGER).header("kid", "elsewhere")),
            spoiled("another provider's key under a known kid", Check.SIGNATURE, t -> t.signedBy(STRANGER)),
            spoiled(
                    "another key of the same issuer",
                    Check.SIGNATURE,
                    t -> t.header("kid", "ec").header("alg", "ES256")),
            spoiled(
                    "key brought along",
                    Check.KEY,
                    t -> t.signedBy(STRANGER).header("kid", "x").header("jwk", STRANGER.jwk())),
            spoiled("a token of more than 16 KiB", Check.FORMAT, t -> t.claim("padding", "x".repeat(16_384))),
            spoiled("claims nested deeply", Check.FORMAT, t -> t.claim("deep", nested(9))),
            new Case("altered signature", Check.SIGNATURE, t -> altered(t.compact(), 2)),
            new Case("altered payload", Check.SIGNATURE, JwtContractTest::repacked),
            new Case("no signature", Check.SIGNATURE, t -> t.input(t.payload()) + "."),
            new Case(
                    "unsigned with alg none",
                    Check.ALGORITHM,
                    t -> t.header("alg", "none").input(t.payload()) + "."),
            new Case("HMAC with the PEM", Check.ALGORITHM, t -> hmac(t, pem().getBytes(StandardCharsets.US_ASCII))),
            new Case(
                    "HMAC with the DER",
                    Check.ALGORITHM,
                    t -> hmac(t, RSA.pair().getPublic().getEncoded())),
            new Case("HMAC with the JWK", Check.ALGORITHM, t -> hmac(t, jwk().getBytes(StandardCharsets.UTF_8))),
            new Case(
                    "duplicate claims",
                    Check.FORMAT,
                    t -> t.compact(t.payload().replaceFirst("\\{", "{\"sub\":\"me\","))),
            new Case("one part", Check.FORMAT, t -> "eyJ"),
            new Case("five parts", Check.FORMAT, t -> t.compact() + ".AA.AA"));

    static Stream<TestIssuer> issuers() {
        return TestIssuer.all().stream();
    }

    @Test
    void every_type_is_under_this_contract() {
        Set<String> types = issuers().map(TestIssuer::type).collect(Collectors.toSet());
        types.add(Workforce.TYPE); // for people, by rules of their own: WorkforceTest
        types.add(Spiffe.TYPE); // known by its trust domain and not by its issuer: SpiffeTest
        assertThat(TestIssuer.providers(FakeFetch.nothing()).types()).isEqualTo(types);
    }

    @ParameterizedTest
    @MethodSource("issuers")
    void a_good_token_is_verified(TestIssuer issuer) {
        Evidence evidence = issuer.token().evidence();

        Verdict verdict = issuer.attestor().attest(evidence);

        assertThat(verdict).isInstanceOfSatisfying(Verified.class, verified -> {
            assertThat(verified.subject()).isEqualTo(issuer.subject());
            assertThat(verified.issued()).isEqualTo(NOW.minusSeconds(10));
            assertThat(verified.expires()).isEqualTo(NOW.plusSeconds(300));
            assertThat(verified.digest()).isEqualTo(((JwtEvidence) evidence).digest());
        });
    }

    @ParameterizedTest
    @MethodSource("issuers")
    void a_spoiled_token_is_refused_by_the_check_that_it_fails(TestIssuer issuer) {
        for (Case each : REFUSED) {
            String compact = each.spoiled().apply(issuer.token());

            Verdict verdict = issuer.attestor().attest(Evidence.jwt(compact));

            assertThat(verdict).as(each.name()).isInstanceOfSatisfying(Rejected.class, rejected -> {
                assertThat(rejected.check()).as(each.name()).isEqualTo(each.check());
                assertThat(rejected.detail()).doesNotContain("other.example", "evil.example", "nobody", "workload-7");
            });
        }
    }

    @ParameterizedTest
    @MethodSource("issuers")
    void a_token_that_does_not_meet_a_pin_is_refused(TestIssuer issuer) {
        for (String pinned : issuer.require().keySet()) {
            ClaimName place = issuer.profile().claim("require", pinned);
            Check absent = pinned.equals("sub") ? Check.SUBJECT : Check.PIN;
            assertRejected(issuer, issuer.token().claim(place, "stranger"), Check.PIN);
            assertRejected(issuer, issuer.token().claim(place, Map.of("a", "b")), absent);
            assertRejected(issuer, issuer.token().without(place), absent);
        }
    }

    @ParameterizedTest
    @MethodSource("issuers")
    void a_token_without_a_claim_that_all_of_the_type_have_is_refused(TestIssuer issuer) {
        for (String required : issuer.profile().requires()) {
            ClaimName place = issuer.profile().claim("requires", required);
            assertRejected(issuer, issuer.token().without(place), Check.PIN);
        }
    }

    @ParameterizedTest
    @MethodSource("issuers")
    void a_claim_of_another_shape_than_the_platforms_is_refused(TestIssuer issuer) {
        ClaimName ofPods = ClaimName.of("", "/" + ClusterReview.POD);
        for (String name : free(issuer)) {
            ClaimName place = issuer.profile().claim("claims", name);
            if (place.within(ofPods)) {
                // What a cluster says of a pod is never read from the token.
                continue;
            }
            assertRejected(issuer, issuer.token().claim(place, Map.of("a", "b")), Check.CLAIMS);
            assertRejected(issuer, issuer.token().claim(place, List.of(List.of("a"))), Check.CLAIMS);
            if (issuer.profile().shape(name) == Shape.STRING) {
                assertRejected(issuer, issuer.token().claim(place, List.of("a")), Check.CLAIMS);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("issuers")
    void claims_that_are_kept_are_bounded_and_can_be_stored(TestIssuer issuer) {
        List<String> names = free(issuer);
        if (!names.isEmpty()) {
            ClaimName place = issuer.profile().claim("claims", names.getFirst());
            assertRejected(issuer, issuer.token().claim(place, "x".repeat(4200)), Check.CLAIMS);
            assertRejected(issuer, issuer.token().claim(place, "a\0b"), Check.CLAIMS);
        }
        if (!issuer.require().containsKey("sub")) {
            assertRejected(issuer, issuer.token().claim("sub", "x".repeat(4200)), Check.CLAIMS);
            assertRejected(issuer, issuer.token().claim("sub", "a\0b"), Check.CLAIMS);
        }
    }

    @ParameterizedTest
    @MethodSource("issuers")
    void every_audience_of_the_broker_is_accepted(TestIssuer issuer) {
        for (String audience : List.of(BROKER, BROKER + "/", BROKER + "/oauth2/token", "acme-broker")) {
            assertVerified(issuer, issuer.token().claim("aud", audience));
        }
        assertVerified(issuer, issuer.token().claim("aud", List.of(BROKER, "acme-broker")));
    }

    @ParameterizedTest
    @MethodSource("issuers")
    void a_client_that_authenticates_must_address_the_issuer_and_not_the_endpoint(TestIssuer issuer) {
        for (String audience : List.of(BROKER, BROKER + "/", "acme-broker")) {
            String compact = issuer.token().claim("aud", audience).compact();
            assertThat(issuer.attestor().attest(Evidence.clientAssertion(compact)))
                    .isInstanceOf(Verified.class);
        }
        for (Object audience : List.of(BROKER + "/oauth2/token", List.of(BROKER, BROKER + "/oauth2/token"))) {
            String compact = issuer.token().claim("aud", audience).compact();
            assertThat(issuer.attestor().attest(Evidence.jwt(compact))).isInstanceOf(Verified.class);
            assertThat(issuer.attestor().attest(Evidence.clientAssertion(compact)))
                    .isInstanceOfSatisfying(
                            Rejected.class,
                            rejected -> assertThat(rejected.check()).isEqualTo(Check.AUDIENCE));
        }
    }

    @ParameterizedTest
    @MethodSource("issuers")
    void clocks_may_differ_by_a_minute(TestIssuer issuer) {
        assertVerified(issuer, issuer.token().claim("nbf", SECOND + 60).claim("iat", SECOND + 60));
        assertVerified(issuer, issuer.token().claim("exp", SECOND + 0.5));
    }

    @ParameterizedTest
    @MethodSource("issuers")
    void a_token_may_lack_iat_nbf_and_typ(TestIssuer issuer) {
        TestToken token = issuer.token().without("iat").without("nbf").withoutHeader("typ");

        assertThat(issuer.attestor().attest(token.evidence()))
                .isInstanceOfSatisfying(
                        Verified.class,
                        verified -> assertThat(verified.issued()).isEqualTo(NOW));
    }

    @ParameterizedTest
    @MethodSource("issuers")
    void typ_is_compared_without_case_or_application(TestIssuer issuer) {
        for (String typ : List.of("jwt", "JOSE", "application/jwt", "Application/JOSE")) {
            assertVerified(issuer, issuer.token().header("typ", typ));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"
            })
    void every_algorithm_of_the_list_verifies_and_an_altered_signature_does_not(String name) {
        TestKey key = TestKey.of("k", JWSAlgorithm.parse(name));
        JwtAttestor attestor = TestIssuer.attestor(TestIssuer.OIDC.document(inline(key)));
        String compact = TestIssuer.OIDC.token().signedBy(key).compact();

        assertThat(attestor.attest(Evidence.jwt(compact))).isInstanceOf(Verified.class);
        for (int at : List.of(2, 40)) {
            assertThat(attestor.attest(Evidence.jwt(altered(compact, at))))
                    .isInstanceOfSatisfying(
                            Rejected.class,
                            rejected -> assertThat(rejected.check()).isEqualTo(Check.SIGNATURE));
        }
    }

    @Test
    void a_token_without_kid_needs_exactly_one_key_that_fits() {
        TestToken token = TestIssuer.OIDC.token().withoutHeader("kid");
        TestKey second = TestKey.of("second", JWSAlgorithm.RS256);

        assertVerified(TestIssuer.OIDC, token);
        assertRejected(TestIssuer.OIDC.document(inline(RSA, second)), token, Check.KEY);
        assertRejected(TestIssuer.OIDC.document(inline(EC, ED)), token, Check.KEY);
    }

    @Test
    void two_keys_with_one_kid_are_told_apart_by_algorithm_only() {
        TestKey ec = new TestKey("rsa", EC.algorithm(), EC.pair());

        TrustProvider differing = TestIssuer.OIDC.document(inline(RSA, ec));
        assertThat(TestIssuer.attestor(differing).attest(TestIssuer.OIDC.token().evidence()))
                .isInstanceOf(Verified.class);
        assertRejected(TestIssuer.OIDC.document(inline(RSA, STRANGER)), TestIssuer.OIDC.token(), Check.KEY);
    }

    @Test
    void a_key_that_is_not_for_verifying_signatures_is_not_used() {
        Map<String, Object> encrypts = new HashMap<>(RSA.bareJwk());
        encrypts.put("use", "enc");
        Map<String, Object> wraps = new HashMap<>(RSA.bareJwk());
        wraps.put("key_ops", List.of("wrapKey"));
        Map<String, Object> small = TestKey.rsa("rsa", 1024).jwk();

        for (Map<String, Object> jwk : List.of(encrypts, wraps, small)) {
            TrustProvider document = TestIssuer.OIDC.document(inline(List.of(jwk, EC.jwk())));
            assertRejected(document, TestIssuer.OIDC.token(), Check.KEY);
        }
    }

    @Test
    void a_key_without_alg_takes_every_algorithm_of_its_type() {
        TrustProvider document = TestIssuer.OIDC.document(inline(List.of(RSA.bareJwk())));

        for (String algorithm : List.of("RS256", "PS256", "RS512")) {
            TestToken token = TestIssuer.OIDC.token().header("alg", algorithm);
            assertThat(TestIssuer.attestor(document).attest(token.evidence())).isInstanceOf(Verified.class);
        }
        assertRejected(document, TestIssuer.OIDC.token().header("alg", "ES256"), Check.ALGORITHM);
    }

    /** The kept claims that may have any value of their shape. */
    private static List<String> free(TestIssuer issuer) {
        return issuer.profile().kept().stream()
                .filter(name -> !name.equals("sub")
                        && !issuer.require().containsKey(name)
                        && !issuer.profile().requires().contains(name))
                .toList();
    }

    private static Object nested(int depth) {
        return depth == 0 ? "deep" : List.of(nested(depth - 1));
    }

    private static Case spoiled(String name, Check check, Function<TestToken, TestToken> change) {
        return new Case(name, check, token -> change.apply(token).compact());
    }

    private static void assertVerified(TestIssuer issuer, TestToken token) {
        assertThat(issuer.attestor().attest(token.evidence())).isInstanceOf(Verified.class);
    }

    private static void assertRejected(TestIssuer issuer, TestToken token, Check check) {
        assertRejected(issuer.document(), token, check);
    }

    private static void assertRejected(TrustProvider document, TestToken token, Check check) {
        assertThat(TestIssuer.attestor(document).attest(token.evidence()))
                .isInstanceOfSatisfying(
                        Rejected.class, rejected -> assertThat(rejected.check()).isEqualTo(check));
    }

    /** Another character in the signature. */
    private static String altered(String compact, int at) {
        int index = compact.lastIndexOf('.') + at;
        char other = compact.charAt(index) == 'A' ? 'B' : 'A';
        return compact.substring(0, index) + other + compact.substring(index + 1);
    }

    /** A longer life under the signature of a shorter one. */
    private static String repacked(TestToken token) {
        String signature = token.compact().substring(token.compact().lastIndexOf('.'));
        token.claim("exp", SECOND + 3000);
        return token.input(token.payload()) + signature;
    }

    private static String hmac(TestToken token, byte[] secret) {
        try {
            String input = token.header("alg", "HS256").input(token.payload());
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            return input + "." + TestToken.base64(mac.doFinal(TestToken.ascii(input)));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static String pem() {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'})
                .encodeToString(RSA.pair().getPublic().getEncoded());
        return "-----BEGIN PUBLIC KEY-----\n" + body + "\n-----END PUBLIC KEY-----\n";
    }

    private static String jwk() {
        return JSONObjectUtils.toJSONString(RSA.jwk());
    }
}
