package dev.sallyport.attestation;

import static dev.sallyport.attestation.TestIssuer.BROKER;
import static dev.sallyport.attestation.TestIssuer.EC;
import static dev.sallyport.attestation.TestIssuer.GITHUB;
import static dev.sallyport.attestation.TestIssuer.OIDC;
import static dev.sallyport.attestation.TestIssuer.RSA;
import static dev.sallyport.attestation.TestIssuer.inline;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.nimbusds.jose.jwk.RSAKey;
import dev.sallyport.core.Invalid;
import dev.sallyport.core.attest.Origin;
import dev.sallyport.core.attest.Provider;
import dev.sallyport.core.attest.TrustProvider;
import dev.sallyport.core.attest.TrustProvider.Keys;
import java.security.interfaces.RSAPublicKey;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProvidersTest {

    private static final String ACTIONS = "https://token.actions.githubusercontent.com";

    private final Providers providers = TestIssuer.providers(FakeFetch.nothing());

    @Test
    void there_is_a_type_for_each_file_in_the_folder_of_profiles() {
        assertThat(providers.types()).contains("oidc", "kubernetes", "github-actions", "aws-web-identity");
    }

    @Test
    void an_unknown_type_is_answered_with_the_known_ones() {
        refused(document("kubernetes-5", OIDC.issuer(), Map.of()), "type", "kubernetes, oidc");
    }

    @Test
    void oidc_needs_an_issuer_and_github_actions_has_one() {
        refused(document("oidc", null, Map.of()), "issuer", "is missing");
        assertThat(compile(document("github-actions", null, GITHUB.require())).origin())
                .isEqualTo(new Origin.Issuer(ACTIONS));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "idp.example",
                "/idp",
                "spiffe://idp.example",
                "file:///etc/passwd",
                "https:///no-host",
                "https://idp.example?tenant=1",
                "https://idp.example#here",
                "https://me@idp.example",
                "https://idp example"
            })
    void an_issuer_that_is_no_plain_url_is_refused(String issuer) {
        refused(document("oidc", issuer, Map.of()), "issuer", "must");
    }

    @ParameterizedTest
    @ValueSource(strings = {BROKER, BROKER + "/", "https://BROKER.example:443", "HTTPS://broker.example/"})
    void the_broker_itself_is_not_a_trust_provider(String issuer) {
        refused(document("oidc", issuer, Map.of()), "issuer", "is the broker's own");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sts.amazonaws.com",
                "https://sts.amazonaws.com/",
                "https://kubernetes.default.svc",
                "https://kubernetes.default.svc.cluster.local:443/",
                "https://management.azure.com/",
                "https://management.core.windows.net",
                "api://AzureADTokenExchange",
                "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/x",
                "https://sts.eu-central-1.amazonaws.com/",
                "sts.cn-north-1.amazonaws.com.cn",
                "https://kubernetes.default.svc.corp.example",
                "https://acme-dns-1a2b3c.hcp.westeurope.azmk8s.io:443",
                "https://container.googleapis.com/v1/projects/acme/locations/europe-west1/clusters/a",
                "api://azureadtokenexchangeusgov",
                "797f4846-ba00-4fd7-ba43-dac1f8f63013",
                "https://acme.vault.azure.net/",
                "https://graph.microsoft.com",
                "https://storage.googleapis.com",
                "https://oauth2.googleapis.com/token",
                "vault.workload.identity",
                "urn:pulumi:org:acme",
                "pypi",
                "sigstore"
            })
    void the_audience_of_another_service_is_refused(String audience) {
        TrustProvider document = new TrustProvider(
                "acme", "oidc", OIDC.issuer(), List.of("ok", audience), inline(RSA), Map.of(), List.of());

        refused(document, "audiences[1]", "another service");
    }

    @Test
    void a_shared_issuer_needs_an_owner_pin_whatever_the_type_and_spelling() {
        refused(document("github-actions", null, Map.of()), "require", "repository_owner_id");
        refused(document("github-actions", null, Map.of("repository_owner", List.of("acme"))), "require", "pin");
        refused(document("oidc", ACTIONS + "/", Map.of("sub", List.of("x"))), "require", "pin");
        refused(document("oidc", "https://accounts.google.com", Map.of()), "require", "pin");
        for (String pin : List.of("repository_owner_id", "enterprise_id", "repository_id")) {
            compile(document("github-actions", null, Map.of(pin, List.of("1"))));
        }
    }

    @Test
    void an_issuer_of_ones_own_needs_no_owner_pin() {
        compile(document("github-actions", "https://github.acme.example/_services/token", Map.of()));
        compile(document("github-actions", "http://127.0.0.1:8080", Map.of()));
        compile(document("github-actions", ACTIONS + "/acme-enterprise", Map.of()));
    }

    @Test
    void an_issuer_must_have_a_form_that_its_type_has_unless_it_is_a_stand_in() {
        refused(
                document("github-actions", "https://github.acme.example", Map.of()),
                "issuer",
                "{host}/_services/token");
        refused(document("circleci", "https://oidc.circleci.com/org/acme", Map.of()), "issuer", "/org/{uuid}");
        refused(document("circleci", "https://idp.example", Map.of()), "issuer", "is none of the type circleci");
        for (String type : Profiles.shipped().types()) {
            compile(document(type, "http://platform.test:8080", Map.of()));
        }
    }

    @Test
    void a_type_whose_issuers_may_be_anywhere_still_knows_the_shared_ones_of_others() {
        for (String type : List.of("oidc", "jenkins", "kubernetes", "gitlab-ci", "hcp-terraform")) {
            refused(document(type, "https://agent.buildkite.com", Map.of()), "require", "organization_id");
            compile(document(type, "https://agent.buildkite.com", Map.of("organization_id", List.of("1"))));
        }
        refused(document("jenkins", "https://accounts.google.com", Map.of()), "require", "/google/compute_engine/");
        compile(document("jenkins", "https://accounts.google.com", Map.of("sub", List.of("1"))));
    }

    @Test
    void who_checks_documents_can_see_what_the_tokens_of_a_type_say() {
        PlatformClaims github = providers.claims("github-actions").orElseThrow();
        PlatformClaims aws = providers.claims("aws-web-identity").orElseThrow();

        assertThat(providers.claims("kerberos")).isEmpty();
        assertThat(github.sends("ref")).isTrue();
        assertThat(github.sends("repo_property_team")).isTrue();
        assertThat(github.sends("repo_property_")).isFalse();
        assertThat(github.sends("project_id")).isFalse();
        assertThat(github.identifies("repository_id")).isTrue();
        assertThat(github.identifies("repository")).isFalse();
        assertThat(aws.shape("ou_path")).contains(Shape.LIST);
        assertThat(aws.shape("principal_tags/team")).contains(Shape.STRING);
        assertThat(aws.shape("request_tags/team")).isEmpty();
        assertThat(providers.claims("oidc").orElseThrow().sends("whatever")).isTrue();
        assertThat(github.names()).containsEntry("repository", List.of("repository_id"));
        assertThat(PlatformClaims.types())
                .allSatisfy(type -> assertThat(PlatformClaims.of(type)).isPresent());
    }

    @Test
    void what_only_a_cluster_knows_of_a_pod_is_not_sent_where_it_is_not_asked() {
        TrustProvider cluster = document("kubernetes", "https://cluster.example", Map.of());

        assertThat(PlatformClaims.of(cluster).orElseThrow().sends("label/app")).isFalse();
        assertThat(PlatformClaims.of("kubernetes").orElseThrow().sends("label/app"))
                .isTrue();
        assertThat(PlatformClaims.shared(cluster)).isFalse();
        assertThat(PlatformClaims.shared(document("gitlab-ci", "https://gitlab.com", Map.of())))
                .isTrue();
        assertThat(PlatformClaims.shared(document("gitlab-ci", "https://gitlab.acme.example", Map.of())))
                .isFalse();
    }

    @Test
    void inline_keys_must_be_public_well_formed_few_and_usable() {
        Map<String, Object> symmetric = Map.of("kty", "oct", "k", "AAAA");
        Map<String, Object> secret = new RSAKey.Builder(
                        (RSAPublicKey) RSA.pair().getPublic())
                .privateKey(RSA.pair().getPrivate())
                .build()
                .toJSONObject();
        refusedKeys(List.of(RSA.jwk(), symmetric), "keys.jwks.keys[1]", "symmetric");
        refusedKeys(List.of(RSA.jwk(), secret), "keys.jwks.keys[1]", "private");
        refusedKeys(List.of(RSA.jwk(), Map.of("kty", "RSA")), "keys.jwks.keys[1]", "well-formed");
        refusedKeys(List.of(), "keys.jwks", "no key");
        refusedKeys(List.of(TestKey.rsa("small", 1024).jwk()), "keys.jwks", "no key");
        refusedKeys(Collections.nCopies(501, RSA.jwk()), "keys.jwks", "500");
        refused(OIDC.document(new Keys(null, null, Map.of("key", "x"), null)), "keys.jwks", "no list");
    }

    @ParameterizedTest
    @ValueSource(strings = {"idp.example/keys", "ftp://idp.example/keys", "file:///keys", "https://a b", "jar:x!/y"})
    void a_jwks_uri_must_be_http(String uri) {
        refused(OIDC.document(new Keys(null, uri, null, null)), "keys.jwksUri", "http");
    }

    @Test
    void names_of_claims_must_be_names() {
        TrustProvider blank =
                new TrustProvider("a", "oidc", OIDC.issuer(), List.of(), inline(RSA), Map.of(), List.of("tier", " "));
        refused(blank, "claims[1]", "without a name");
        TrustProvider escape =
                new TrustProvider("a", "oidc", OIDC.issuer(), List.of(), inline(RSA), Map.of(), List.of("/a~2b"));
        refused(escape, "claims[0]", "JSON Pointer");
    }

    @Test
    void two_providers_with_one_issuer_and_the_same_keys_are_refused() {
        Keys atUrl = new Keys(null, "https://idp.example/keys", null, null);
        for (Keys keys : List.of(Keys.discovered(), atUrl, inline(RSA, EC))) {
            refusedTogether(named("one", keys), named("two", keys));
        }
        refusedTogether(named("one", inline(RSA)), named("two", inline(List.of(EC.jwk(), RSA.bareJwk()))));
    }

    @Test
    void two_providers_with_one_issuer_and_keys_of_their_own_are_accepted() {
        assertThatCode(() -> providers.checkTogether(List.of(
                        named("one", inline(RSA)), named("two", inline(EC)), named("three", Keys.discovered()))))
                .doesNotThrowAnyException();
    }

    @Test
    void two_issuers_may_share_keys() {
        TrustProvider other =
                new TrustProvider("two", "oidc", "https://other.example", List.of(), inline(RSA), Map.of(), List.of());

        assertThatCode(() -> providers.checkTogether(List.of(named("one", inline(RSA)), other)))
                .doesNotThrowAnyException();
    }

    private void refusedTogether(TrustProvider one, TrustProvider two) {
        assertThatExceptionOfType(Invalid.class)
                .isThrownBy(() -> providers.checkTogether(List.of(one, two)))
                .satisfies(e -> assertThat(e.field()).isEqualTo("trustProviders[1].keys"))
                .satisfies(e -> assertThat(e.reason()).contains("one"));
    }

    private void refusedKeys(List<Map<String, Object>> keys, String field, String reason) {
        refused(OIDC.document(inline(keys)), field, reason);
    }

    private void refused(TrustProvider document, String field, String reason) {
        assertThatExceptionOfType(Invalid.class)
                .isThrownBy(() -> compile(document))
                .satisfies(e -> assertThat(e.field()).isEqualTo(field))
                .satisfies(e -> assertThat(e.reason()).contains(reason));
    }

    private Provider compile(TrustProvider document) {
        return providers.compile(document, Set.of());
    }

    private static TrustProvider named(String name, Keys keys) {
        return new TrustProvider(name, "oidc", OIDC.issuer(), List.of(), keys, Map.of(), List.of());
    }

    private static TrustProvider document(String type, @Nullable String issuer, Map<String, List<String>> require) {
        return new TrustProvider("acme", type, issuer, List.of(), inline(RSA), require, List.of());
    }
}
