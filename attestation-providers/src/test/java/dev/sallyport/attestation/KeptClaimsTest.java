package dev.sallyport.attestation;

import static dev.sallyport.attestation.TestIssuer.GITHUB;
import static dev.sallyport.attestation.TestIssuer.OIDC;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.attest.Attestor;
import dev.sallyport.core.attest.Check;
import dev.sallyport.core.attest.Claims;
import dev.sallyport.core.attest.Claims.Many;
import dev.sallyport.core.attest.Claims.One;
import dev.sallyport.core.attest.Evidence;
import dev.sallyport.core.attest.TrustProvider;
import dev.sallyport.core.attest.Verdict.Rejected;
import dev.sallyport.core.attest.Verdict.Verified;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class KeptClaimsTest {

    @Test
    void oidc_keeps_the_subject_and_what_is_named_and_nothing_else() {
        TestToken token = OIDC.token().claim("phone", "555").claim("groups", List.of("a", "b"));

        Claims claims = claims(oidc(List.of("groups", "not_there")), Set.of("/realm_access/tier"), token);

        assertThat(claims.asMap())
                .containsExactly(
                        Map.entry("/realm_access/tier", new One("gold")),
                        Map.entry("groups", new Many(List.of("a", "b"))),
                        Map.entry("sub", new One("workload-7")),
                        Map.entry("tenant", new One("acme")));
    }

    @Test
    void github_actions_keeps_its_claims_by_name_and_not_the_token_id() {
        Claims claims = claims(GITHUB.document(), Set.of(), GITHUB.token().claim("unheard_of", "x"));

        assertThat(claims.asMap().keySet())
                .containsExactly(
                        "event_name",
                        "ref",
                        "repository",
                        "repository_id",
                        "repository_owner",
                        "repository_owner_id",
                        "sub");
    }

    @Test
    void kubernetes_flattens_what_its_tokens_nest() {
        Claims claims = claims(TestIssuer.KUBERNETES.document(), Set.of("namespace"), TestIssuer.KUBERNETES.token());

        assertThat(claims.asMap())
                .containsExactly(
                        Map.entry("jti", new One("token-1")),
                        Map.entry("namespace", new One("billing")),
                        Map.entry("node", new One("node-a")),
                        Map.entry("node_uid", new One("node-uid-1")),
                        Map.entry("pod", new One("invoice-bot-5d")),
                        Map.entry("pod_uid", new One("pod-uid-1")),
                        Map.entry("service_account", new One("invoice-bot")),
                        Map.entry("service_account_uid", new One("sa-uid-1")),
                        Map.entry("sub", new One("workload-7")));
    }

    @Test
    void a_pin_names_a_claim_as_the_profile_does() {
        TestIssuer cluster = TestIssuer.KUBERNETES;
        for (String namespace : List.of("billing", "sales")) {
            TestIssuer pinned = new TestIssuer(
                    cluster.type(), cluster.issuer(), cluster.claims(), Map.of("namespace", List.of(namespace)));

            assertThat(pinned.attestor().attest(Evidence.jwt(cluster.token().compact())) instanceof Verified)
                    .as(namespace)
                    .isEqualTo(namespace.equals("billing"));
        }
    }

    @Test
    void identity_claims_and_owner_pins_of_profiles_are_kept_by_them_or_by_the_pin() {
        for (String type : Profiles.shipped().types()) {
            Profile profile = Profiles.shipped().find(type).orElseThrow();
            assertThat(profile.type()).isEqualTo(type);
            assertThat(profile.claims()).containsKeys(profile.identity().toArray(String[]::new));
        }
    }

    @Test
    void numbers_and_truths_become_text_and_other_shapes_are_no_claim() {
        Map<String, Object> payload = Map.of(
                "id",
                1001L,
                "whole",
                7.0,
                "half",
                1.5,
                "truth",
                true,
                "mixed",
                List.of("a", 1L, false),
                "inexact",
                1e20,
                "object",
                Map.of("a", "b"),
                "deep",
                List.of(List.of("a")),
                "empty",
                List.of());

        assertThat(ClaimValue.of(payload.get("id"))).isEqualTo(new One("1001"));
        assertThat(ClaimValue.of(payload.get("whole"))).isEqualTo(new One("7"));
        assertThat(ClaimValue.of(payload.get("half"))).isEqualTo(new One("1.5"));
        assertThat(ClaimValue.of(payload.get("truth"))).isEqualTo(new One("true"));
        assertThat(ClaimValue.of(payload.get("mixed"))).isEqualTo(new Many(List.of("a", "1", "false")));
        assertThat(ClaimValue.of(payload.get("empty"))).isEqualTo(new Many(List.of()));
        for (String none : List.of("inexact", "object", "deep", "absent")) {
            assertThat(ClaimValue.of(payload.get(none))).as(none).isNull();
        }
        assertThat(ClaimValue.of(Arrays.asList("a", null))).isNull();
    }

    static List<Map.Entry<String, String>> pointers() {
        return List.of(
                Map.entry("/realm_access/tier", "gold"),
                Map.entry("/a~1b/c~0d", "escaped"),
                Map.entry("/~01", "order"),
                Map.entry("/", "empty name"),
                Map.entry("/list/1/x", "second"),
                Map.entry("https://sts.example/", "plain"));
    }

    @ParameterizedTest
    @MethodSource("pointers")
    void nested_claims_are_found_by_json_pointer(Map.Entry<String, String> pointer) {
        Map<String, Object> payload = Map.of(
                "realm_access",
                Map.of("tier", "gold"),
                "a/b",
                Map.of("c~d", "escaped"),
                "~1",
                "order",
                "",
                "empty name",
                "list",
                List.of(Map.of("x", "first"), Map.of("x", "second")),
                "https://sts.example/",
                "plain");

        assertThat(ClaimName.of("claims[0]", pointer.getKey()).in(payload)).isEqualTo(pointer.getValue());
    }

    @Test
    void a_pointer_that_leads_nowhere_finds_nothing() {
        Map<String, Object> payload = Map.of("list", List.of("a"), "text", "b");

        for (String pointer : List.of("/list/1", "/list/01", "/list/-", "/list/99999999999", "/text/x", "/no/such")) {
            assertThat(ClaimName.of("claims[0]", pointer).in(payload))
                    .as(pointer)
                    .isNull();
        }
    }

    @Test
    void a_claim_of_a_profile_in_another_shape_is_refused_and_not_dropped() {
        for (Object odd : List.of(List.of("refs/heads/main"), Map.of("a", "b"), List.of())) {
            assertThat(attestor(GITHUB.document(), Set.of())
                            .attest(GITHUB.token().claim("ref", odd).evidence()))
                    .isEqualTo(new Rejected(Check.CLAIMS, "the token's claim ref is not a string"));
        }
    }

    @Test
    void claims_that_are_not_kept_may_be_of_any_size() {
        claims(OIDC.document(), Set.of(), OIDC.token().claim("photo", "x".repeat(8000)));
    }

    @Test
    void kept_claims_may_take_four_kibibytes_together() {
        TrustProvider document = oidc(List.of("notes"));
        int others = ("sub" + "workload-7" + "tenant" + "acme" + "notes").length();
        int room = KeptClaims.MAX_BYTES - others;

        claims(document, Set.of(), OIDC.token().claim("notes", "x".repeat(room)));
        assertThat(attestor(document, Set.of())
                        .attest(OIDC.token()
                                .claim("notes", "x".repeat(room + 1))
                                .evidence()))
                .isEqualTo(new Rejected(Check.CLAIMS, "the token's claims are larger than 4096 bytes"));
    }

    private static TrustProvider oidc(List<String> claims) {
        TrustProvider plain = OIDC.document();
        return new TrustProvider(
                plain.name(), plain.type(), plain.issuer(), plain.audiences(), plain.keys(), plain.require(), claims);
    }

    private static Attestor attestor(TrustProvider document, Set<String> claimsInUse) {
        return TestIssuer.providers(FakeFetch.nothing())
                .compile(document, claimsInUse)
                .attestor();
    }

    private static Claims claims(TrustProvider document, Set<String> claimsInUse, TestToken token) {
        return ((Verified) attestor(document, claimsInUse).attest(token.evidence())).claims();
    }
}
