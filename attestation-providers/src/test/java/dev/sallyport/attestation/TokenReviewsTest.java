package dev.sallyport.attestation;

import static dev.sallyport.attestation.TestIssuer.KUBERNETES;
import static dev.sallyport.attestation.TestIssuer.RSA;
import static dev.sallyport.attestation.TestIssuer.SECOND;
import static dev.sallyport.attestation.TestIssuer.inline;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import dev.sallyport.core.Invalid;
import dev.sallyport.core.Unavailable;
import dev.sallyport.core.attest.Check;
import dev.sallyport.core.attest.Claims;
import dev.sallyport.core.attest.Evidence;
import dev.sallyport.core.attest.Provider;
import dev.sallyport.core.attest.TrustProvider;
import dev.sallyport.core.attest.TrustProvider.Keys;
import dev.sallyport.core.attest.TrustProvider.Review;
import dev.sallyport.core.attest.Verdict;
import dev.sallyport.core.attest.Verdict.Rejected;
import dev.sallyport.core.attest.Verdict.Verified;
import java.io.IOException;
import java.text.ParseException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenReviewsTest {

    private static final String EXTRA = "\"authentication.kubernetes.io/";

    private final TestCluster cluster = new TestCluster();
    private final TestCluster other = new TestCluster();
    private final ManualTime time = new ManualTime();
    private final Providers providers = TestIssuer.providers(FakeFetch.nothing())
            .with(new TokenReviews(Map.of("prod", cluster, "other", other), time));

    @Test
    void a_token_that_the_cluster_stands_by_is_accepted() throws ParseException {
        Verified verified = (Verified) attest(token());

        assertThat(verified.claims().get("pod_uid")).isEqualTo(new Claims.One("pod-uid-1"));
        assertThat(verified.claims().get("image_digests")).isNull();
        assertThat(cluster.paths).containsExactly("/apis/authentication.k8s.io/v1/tokenreviews");
        assertThat(cluster.spec())
                .isEqualTo(Map.of(
                        "token",
                        token().compact(),
                        "audiences",
                        List.of(
                                "acme-broker",
                                "https://broker.example",
                                "https://broker.example/",
                                "https://broker.example/oauth2/token")));
    }

    @Test
    void a_pod_that_was_deleted_is_refused_once_the_memory_of_ten_seconds_is_over() {
        assertThat(attest(token())).isInstanceOf(Verified.class);
        cluster.review = "{\"kind\":\"TokenReview\",\"status\":{\"user\":{},"
                + "\"error\":\"[invalid bearer token, service account token has been invalidated]\"}}";

        time.pass(Duration.ofSeconds(10).minusNanos(1));
        assertThat(attest(token())).isInstanceOf(Verified.class);
        time.pass(Duration.ofNanos(1));

        assertThat(refused(token()).detail()).contains("stand by").doesNotContain("invalidated");
        assertThat(cluster.paths).hasSize(2);
    }

    @Test
    void refusals_are_not_remembered_and_neither_is_another_signature() {
        cluster.reviewing("\"authenticated\":true", "\"authenticated\":false");
        refused(token());
        cluster.reviewing("\"authenticated\":false", "\"authenticated\":true");
        String accepted = token().signedBy(TestIssuer.EC).compact();
        String again = token().signedBy(TestIssuer.EC).compact();

        assertThat(accepted).isNotEqualTo(again);
        assertThat(attest(document(Keys.discovered(), null), accepted)).isInstanceOf(Verified.class);
        assertThat(attest(document(Keys.discovered(), null), again)).isInstanceOf(Verified.class);
        assertThat(cluster.paths).hasSize(3);
    }

    static Stream<Arguments> otherAnswers() {
        String audiences = "\"audiences\":[\"https://broker.example\"]}}";
        return Stream.of(
                Arguments.of("\"authenticated\":true", "\"authenticated\":\"true\""),
                Arguments.of("\"authenticated\":true", "\"authenticated\":true,\"error\":\"webhook failed\""),
                Arguments.of(audiences, "\"audiences\":[]}}"),
                Arguments.of(audiences, "\"x\":1}}"),
                Arguments.of(audiences, "\"audiences\":[\"https://kubernetes.default.svc\"]}}"),
                Arguments.of(audiences, "\"audiences\":\"https://broker.example\"}}"),
                Arguments.of("billing:invoice-bot", "billing:default"),
                Arguments.of("sa-uid-1", "sa-uid-2"),
                Arguments.of("pod-uid-1", "pod-uid-2"),
                Arguments.of("[\"pod-uid-1\"]", "[\"pod-uid-1\",\"pod-uid-2\"]"),
                Arguments.of("invoice-bot-5d", "invoice-bot-6e"),
                Arguments.of("\"node-a\"", "\"node-b\""),
                Arguments.of("node-uid-1", "node-uid-2"),
                Arguments.of("JTI=token-1", "JTI=token-2"),
                Arguments.of(EXTRA + "pod-uid", "\"x"),
                Arguments.of("\"status\":", "\"x\":"));
    }

    @ParameterizedTest
    @MethodSource("otherAnswers")
    void an_answer_that_says_less_or_something_else_is_refused(String part, String instead) {
        cluster.reviewing(part, instead);

        refused(token());
    }

    @Test
    void what_older_versions_leave_out_is_not_missed() {
        cluster.reviewing(EXTRA + "credential-id", "\"x1")
                .reviewing(EXTRA + "node-name", "\"x2")
                .reviewing(EXTRA + "node-uid", "\"x3");

        assertThat(attest(token())).isInstanceOf(Verified.class);
    }

    @Test
    void no_cluster_is_asked_about_a_token_that_is_no_good_anyway() {
        for (TestToken bad : List.of(
                token().without("exp"),
                token().claim("exp", SECOND),
                token().claim("aud", "https://kubernetes.default.svc.cluster.local"),
                token().claim("aud", List.of(TestIssuer.BROKER, "https://kubernetes.default.svc")),
                token().claim("sub", "system:serviceaccount:billing:default"),
                token().claim("kubernetes.io", Map.of()))) {
            assertThat(attest(bad)).isInstanceOf(Rejected.class);
        }
        Rejected foreign = (Rejected) attest(
                document(inline(RSA), null),
                token().signedBy(TestKey.of("rsa", JWSAlgorithm.RS256)).compact());
        assertThat(foreign.check()).isEqualTo(Check.SIGNATURE);
        assertThat(cluster.paths).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 401, 403, 302, 404, 429, 204})
    void a_server_that_does_not_answer_the_question_makes_it_unavailable(int status) {
        cluster.reviewStatus = status;

        unavailable();
    }

    @Test
    void neither_failures_nor_nonsense_nor_floods_are_a_refusal() {
        for (String body : List.of("<html>", "", "[]", "null", "{\"kind\":\"Status\"}", " ".repeat(256 * 1024 + 1))) {
            cluster.review = body;
            unavailable();
        }
        cluster.failure = new IOException("timed out");
        unavailable();
    }

    @Test
    void a_pod_that_runs_tells_its_labels_and_images() {
        Provider provider = providers.compile(document(inline(RSA), true), Set.of("label/app.kubernetes.io/name"));

        Verified verified = (Verified) provider.attestor().attest(token().evidence());

        assertThat(verified.claims().get("label/app.kubernetes.io/name")).isEqualTo(new Claims.One("invoice-bot"));
        assertThat(verified.claims().get("label/team")).isNull();
        assertThat(verified.claims().get("image_digests")).isEqualTo(new Claims.Many(List.of(TestCluster.DIGEST)));
        assertThat(cluster.paths.getLast()).isEqualTo("/api/v1/namespaces/billing/pods/invoice-bot-5d");
    }

    static Stream<Arguments> otherPods() {
        return Stream.of(
                Arguments.of("pod-uid-1", "pod-uid-2"),
                Arguments.of("\"nodeName\":\"node-a\"", "\"nodeName\":\"node-b\""),
                Arguments.of("Running", "Succeeded"),
                Arguments.of("\"uid\":", "\"deletionTimestamp\":\"2026-11-24T11:59:00Z\",\"uid\":"),
                Arguments.of("\"serviceAccountName\":\"invoice-bot\"", "\"serviceAccountName\":\"default\""),
                Arguments.of("\"namespace\":\"billing\"", "\"namespace\":\"sales\""));
    }

    @ParameterizedTest
    @MethodSource("otherPods")
    void a_pod_that_ended_or_is_another_is_refused(String part, String instead) {
        cluster.podding(part, instead);

        Rejected rejected = (Rejected) attest(document(inline(RSA), true), token().compact());
        assertThat(rejected.check()).isEqualTo(Check.REVIEW);
    }

    @Test
    void a_pod_that_is_gone_is_refused_and_one_that_may_not_be_seen_makes_it_unavailable() {
        TrustProvider document = document(inline(RSA), true);
        cluster.podStatus = 404;
        assertThat(((Rejected) attest(document, token().compact())).check()).isEqualTo(Check.REVIEW);
        cluster.podStatus = 403;
        assertThatThrownBy(() -> attest(document, token().compact()))
                .isInstanceOf(Unavailable.class)
                .hasMessageContaining("credentials");
    }

    @Test
    void a_token_without_a_pod_is_refused_where_the_pod_counts() {
        TestToken unbound = token().without(ClaimName.of("", "/kubernetes.io/pod"))
                .without(ClaimName.of("", "/kubernetes.io/node"));

        assertThat(((Rejected) attest(document(inline(RSA), true), unbound.compact())).check())
                .isEqualTo(Check.REVIEW);
        assertThat(cluster.paths).isEmpty();
    }

    @Test
    void a_pin_can_be_on_what_the_pod_says() {
        TrustProvider document = document(inline(RSA), true, Map.of("label/team", List.of("sales")));
        assertThat(((Rejected) attest(document, token().compact())).check()).isEqualTo(Check.PIN);
    }

    @Test
    void a_cluster_that_hangs_is_not_in_the_way_of_another() {
        other.failure = new IOException("timed out");

        assertThat(attest(token())).isInstanceOf(Verified.class);
        assertThat(other.paths).isEmpty();
    }

    @Test
    void a_document_names_a_configured_cluster_and_two_of_one_issuer_have_keys_of_their_own() {
        TrustProvider unknown = document("acme", inline(RSA), new Review("staging", null), Map.of());
        assertThatThrownBy(() -> providers.compile(unknown, Set.of()))
                .isInstanceOfSatisfying(
                        Invalid.class, e -> assertThat(e.field()).isEqualTo("review.cluster"));
        TrustProvider one = document("one", Keys.discovered(), new Review("prod", null), Map.of());
        TrustProvider two = document("two", Keys.discovered(), new Review("other", null), Map.of());
        assertThatThrownBy(() -> providers.checkTogether(List.of(one, two)))
                .isInstanceOfSatisfying(
                        Invalid.class, e -> assertThat(e.field()).isEqualTo("trustProviders[1].keys"));
        TrustProvider keyed = document("one", inline(RSA), new Review("prod", null), Map.of());
        TrustProvider other = document("two", inline(TestIssuer.EC), new Review("other", null), Map.of());
        providers.checkTogether(List.of(keyed, other));
    }

    @Test
    void a_token_can_not_pose_as_a_pod_that_nobody_looked_at() {
        TrustProvider unreviewed = new TrustProvider(
                "acme",
                KUBERNETES.type(),
                KUBERNETES.issuer(),
                List.of("acme-broker"),
                inline(RSA),
                Map.of(),
                List.of());
        String posing = token().claim("reviewed_pod", Map.of("labels", Map.of("team", "billing")))
                .compact();

        Verified verified = (Verified)
                providers.compile(unreviewed, Set.of("label/team")).attestor().attest(Evidence.jwt(posing));

        assertThat(verified.claims().get("label/team")).isNull();
        assertThat(cluster.paths).isEmpty();
    }

    private static TestToken token() {
        return KUBERNETES.token().claim("sub", "system:serviceaccount:billing:invoice-bot");
    }

    private static TrustProvider document(Keys keys, @Nullable Boolean pod) {
        return document(keys, pod, Map.of());
    }

    private static TrustProvider document(Keys keys, @Nullable Boolean pod, Map<String, List<String>> require) {
        return document("acme", keys, new Review("prod", pod), require);
    }

    private static TrustProvider document(String name, Keys keys, Review review, Map<String, List<String>> require) {
        return new TrustProvider(
                name,
                KUBERNETES.type(),
                KUBERNETES.issuer(),
                List.of("acme-broker"),
                keys,
                require,
                List.of(),
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
                null,
                review);
    }

    private Verdict attest(TestToken token) {
        return attest(document(Keys.discovered(), null), token.compact());
    }

    private Verdict attest(TrustProvider document, String token) {
        return providers.compile(document, Set.of()).attestor().attest(Evidence.jwt(token));
    }

    private Rejected refused(TestToken token) {
        Verdict verdict = attest(token);
        assertThat(verdict).isInstanceOf(Rejected.class);
        assertThat(((Rejected) verdict).check()).isEqualTo(Check.REVIEW);
        return (Rejected) verdict;
    }

    private void unavailable() {
        assertThatThrownBy(() -> attest(token())).isInstanceOf(Unavailable.class);
    }
}
