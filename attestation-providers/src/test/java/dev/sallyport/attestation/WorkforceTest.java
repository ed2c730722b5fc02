package dev.sallyport.attestation;

import static dev.sallyport.attestation.TestIssuer.BROKER;
import static dev.sallyport.attestation.TestIssuer.CLOCK;
import static dev.sallyport.attestation.TestIssuer.EC;
import static dev.sallyport.attestation.TestIssuer.RSA;
import static dev.sallyport.attestation.TestIssuer.SECOND;
import static dev.sallyport.attestation.TestIssuer.inline;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sallyport.core.Invalid;
import dev.sallyport.core.attest.Appraisal;
import dev.sallyport.core.attest.Attestation;
import dev.sallyport.core.attest.Attestors;
import dev.sallyport.core.attest.BindProof;
import dev.sallyport.core.attest.Check;
import dev.sallyport.core.attest.Claims;
import dev.sallyport.core.attest.Evidence;
import dev.sallyport.core.attest.NotAttested;
import dev.sallyport.core.attest.Provider;
import dev.sallyport.core.attest.TrustProvider;
import dev.sallyport.core.attest.TrustProvider.Keys;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** ID tokens of people: from one client, of now, and never a workload's evidence. */
class WorkforceTest {

    private static final String IDP = "https://login.acme.example";
    private static final String CLIENT = "sallyport-admin";

    private final Providers providers = TestIssuer.providers(FakeFetch.nothing());

    @Test
    void an_id_token_of_the_client_is_verified() {
        assertThat(shown(token())).isInstanceOfSatisfying(Attestation.class, person -> {
            assertThat(person.ofPerson()).isTrue();
            assertThat(person.type()).isEqualTo("workforce");
            assertThat(person.subject()).isEqualTo("alice-7");
            assertThat(person.claims().asMap())
                    .containsExactlyInAnyOrderEntriesOf(Map.of(
                            "sub", new Claims.One("alice-7"), "groups", new Claims.Many(List.of("admins", "staff"))));
        });
        assertThat(shown(token().without("azp"))).isInstanceOf(Attestation.class);
        assertThat(shown(token().claim("aud", List.of(CLIENT)))).isInstanceOf(Attestation.class);
        assertThat(shown(token().withoutHeader("typ"))).isInstanceOf(Attestation.class);
        assertThat(shown(token().claim("typ", "ID").claim("token_use", "id"))).isInstanceOf(Attestation.class);
    }

    @Test
    void a_token_of_another_client_is_refused() {
        refused(token().claim("aud", "intranet"), Check.AUDIENCE);
        refused(token().claim("aud", "intranet").claim("azp", "intranet"), Check.AUDIENCE);
        refused(token().claim("aud", CLIENT.toUpperCase(java.util.Locale.ROOT)), Check.AUDIENCE);
        refused(token().without("aud"), Check.AUDIENCE);
        refused(token().claim("azp", "intranet"), Check.AUDIENCE);
        refused(token().claim("azp", ""), Check.AUDIENCE);
        refused(token().claim("azp", List.of(CLIENT)), Check.AUDIENCE);
    }

    @Test
    void a_token_for_several_is_refused_whoever_it_was_issued_to() {
        refused(token().claim("aud", List.of(CLIENT, "intranet")), Check.AUDIENCE);
        refused(token().claim("aud", List.of(CLIENT, CLIENT)), Check.AUDIENCE);
        refused(token().claim("aud", List.of(CLIENT, BROKER)).without("azp"), Check.AUDIENCE);
        refused(token().claim("aud", List.of()), Check.AUDIENCE);
    }

    @ParameterizedTest
    @ValueSource(strings = {BROKER, BROKER + "/", BROKER + "/oauth2/token", BROKER + "/v1"})
    void a_token_for_the_broker_itself_is_none_of_the_client(String audience) {
        refused(token().claim("aud", audience).claim("azp", audience), Check.AUDIENCE);
    }

    @Test
    void tokens_of_other_kinds_are_refused() {
        refused(token().header("typ", "at+jwt"), Check.TYPE);
        refused(token().header("typ", "logout+jwt"), Check.TYPE);
        refused(token().header("typ", "client-authentication+jwt"), Check.TYPE);
        refused(token().header("typ", "JOSE"), Check.TYPE);
        refused(token().claim("typ", "Bearer"), Check.TYPE);
        refused(token().claim("token_use", "access"), Check.TYPE);
        for (String claim : List.of("scope", "scp", "client_id", "cid", "appid", "idtyp", "events", "act")) {
            refused(token().claim(claim, "x"), Check.TYPE);
        }
    }

    @Test
    void only_a_fresh_token_counts() {
        assertThat(shown(token().claim("iat", SECOND - 300))).isInstanceOf(Attestation.class);
        refused(token().claim("iat", SECOND - 301), Check.ISSUED_AT);
        refused(token().claim("iat", SECOND - 301).claim("nbf", SECOND), Check.ISSUED_AT);
        refused(token().without("iat"), Check.ISSUED_AT);
        refused(token().claim("iat", "now"), Check.ISSUED_AT);
        refused(token().claim("iat", SECOND + 61), Check.ISSUED_AT);
        refused(token().claim("exp", SECOND), Check.EXPIRY);
    }

    @Test
    void a_document_may_want_a_young_login() {
        TrustProvider strict = document(CLIENT, null, Duration.ofMinutes(15), inline(RSA));
        Attestors attestors = attestors(strict);

        assertThat(attest(attestors, token().claim("auth_time", SECOND - 900))).isInstanceOf(Attestation.class);
        for (Object time : List.of(SECOND - 901, SECOND + 61, "yesterday")) {
            refused(attest(attestors, token().claim("auth_time", time)), Check.ISSUED_AT);
        }
        refused(attest(attestors, token()), Check.ISSUED_AT);
        assertThat(shown(token().claim("auth_time", 1))).isInstanceOf(Attestation.class);
    }

    @Test
    void people_and_workloads_of_one_issuer_are_kept_apart() {
        TrustProvider agents = new TrustProvider("agents", "oidc", IDP, List.of(), inline(RSA), Map.of(), List.of());
        providers.checkTogether(List.of(document(), agents));
        Attestors both = attestors(document(), agents);

        refused(both.attest(Evidence.jwt(token().compact())), Check.AUDIENCE);
        refused(both.attest(Evidence.clientAssertion(token().compact())), Check.AUDIENCE);
        TestToken workload = token().claim("aud", BROKER).without("azp");
        assertThat(both.attest(Evidence.jwt(workload.compact())))
                .isInstanceOfSatisfying(
                        Attestation.class, proof -> assertThat(proof.provider()).isEqualTo("agents"));
        refused(attest(both, workload), Check.AUDIENCE);
        refused(attest(attestors(agents), workload), Check.ISSUER);
        refused(attestors(document()).attest(Evidence.jwt(token().compact())), Check.ISSUER);
    }

    @Test
    void two_documents_can_not_vouch_for_the_people_of_one_issuer() {
        TrustProvider other = document("other-client", null, null, inline(RSA));

        assertThatExceptionOfType(Invalid.class)
                .isThrownBy(() -> providers.checkTogether(List.of(document(), other)))
                .matches(invalid -> invalid.field().equals("trustProviders[1].keys"));
    }

    @Test
    void a_document_names_one_client_of_its_own() {
        for (String audience :
                List.of(BROKER, BROKER + "/", BROKER + "/v1", "sts.amazonaws.com", "graph.microsoft.com")) {
            invalid("audiences[0]", document(audience, null, null, inline(RSA)));
        }
        invalid("audiences", with(document(), List.of()));
        invalid("audiences", with(document(), List.of("one", "two")));
        invalid("bindProof", document(CLIENT, BindProof.REQUIRED, null, inline(RSA)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://token.actions.githubusercontent.com",
                "https://gitlab.com",
                "https://sts.windows.net/11111111-2222-3333-4444-555555555555/",
                "https://login.microsoftonline.com/common/v2.0"
            })
    void an_issuer_of_workloads_or_of_everybody_vouches_for_no_people(String issuer) {
        invalid("issuer", document(issuer));
    }

    @Test
    void an_issuer_of_many_organisations_needs_a_pin() {
        invalid("require", document("https://accounts.google.com"));
        invalid("require", document("https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0"));
        assertThat(compiled(document("https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/v2.0")))
                .isNotNull();
    }

    private static TestToken token() {
        Map<String, Object> claims = new HashMap<>();
        claims.put("iss", IDP);
        claims.put("sub", "alice-7");
        claims.put("aud", CLIENT);
        claims.put("azp", CLIENT);
        claims.put("groups", List.of("admins", "staff"));
        claims.put("email", "alice@acme.example");
        claims.put("nonce", "n-0S6_WzA2Mj");
        claims.put("iat", SECOND - 10);
        claims.put("exp", SECOND + 600);
        return new TestToken(RSA, claims);
    }

    private static TrustProvider document() {
        return document(CLIENT, null, null, inline(RSA, EC));
    }

    private static TrustProvider document(String issuer) {
        return new TrustProvider("acme-people", "workforce", issuer, List.of(CLIENT), inline(RSA), Map.of(), List.of());
    }

    private static TrustProvider document(
            String client, @Nullable BindProof bindProof, @Nullable Duration maxAge, Keys keys) {
        return new TrustProvider(
                "acme-people",
                "workforce",
                IDP,
                List.of(client),
                keys,
                Map.of(),
                List.of("groups"),
                null,
                bindProof,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                maxAge,
                null);
    }

    private static TrustProvider with(TrustProvider document, List<String> audiences) {
        return new TrustProvider("acme-people", "workforce", IDP, audiences, document.keys(), Map.of(), List.of());
    }

    private Provider compiled(TrustProvider document) {
        return providers.compile(document, Set.of());
    }

    private Attestors attestors(TrustProvider... documents) {
        List<Provider> ready = new ArrayList<>();
        for (TrustProvider each : documents) {
            ready.add(compiled(each));
        }
        return Attestors.of(ready, Set.of(), CLOCK);
    }

    private static Appraisal attest(Attestors attestors, TestToken token) {
        return attestors.attest(Evidence.idToken(token.compact()));
    }

    private Appraisal shown(TestToken token) {
        return attest(attestors(document()), token);
    }

    private void refused(TestToken token, Check check) {
        refused(shown(token), check);
    }

    private static void refused(Appraisal appraisal, Check check) {
        assertThat(appraisal)
                .isInstanceOfSatisfying(
                        NotAttested.class,
                        refused -> assertThat(refused.check()).isEqualTo(check));
    }

    private void invalid(String field, TrustProvider document) {
        assertThatExceptionOfType(Invalid.class)
                .isThrownBy(() -> compiled(document))
                .matches(invalid -> invalid.field().equals(field), field);
    }
}
