package dev.sallyport.attestation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.core.Unavailable;
import dev.sallyport.core.attest.Check;
import dev.sallyport.core.attest.Claims;
import dev.sallyport.core.attest.TrustProvider;
import dev.sallyport.core.attest.Verdict;
import dev.sallyport.core.attest.Verdict.Rejected;
import dev.sallyport.core.attest.Verdict.Verified;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AwsCallerIdentityTest {

    private static final Instant SIGNED = Instant.parse("2026-11-24T10:00:00Z");
    private static final Instant NOW = SIGNED.plusSeconds(10);
    private static final String SIGNATURE = "0123456789abcdef".repeat(4);
    private static final String URL = "https://sts.eu-west-1.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15"
            + "&X-Amz-Algorithm=AWS4-HMAC-SHA256"
            + "&X-Amz-Credential=ASIAIOSFODNN7EXAMPLE%2F20261124%2Feu-west-1%2Fsts%2Faws4_request"
            + "&X-Amz-Date=20261124T100000Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host%3Bx-sallyport-server-id"
            + "&X-Amz-Security-Token=a%2Bb%2Fc%3D%3D&X-Amz-Signature=" + SIGNATURE;
    private static final String ROLE = "arn:aws:sts::111122223333:assumed-role/builder/i-0123456789abcdef0";

    private final List<URI> asked = new ArrayList<>();
    private final List<Map<String, String>> headers = new ArrayList<>();
    private final TestOutside outside = new TestOutside();

    private void answers(int status, String type, String body) {
        outside.sts = (uri, sent) -> {
            asked.add(uri);
            headers.add(sent);
            return new Sts.Answer(status, type, body.getBytes(StandardCharsets.UTF_8));
        };
    }

    private void answers(String account, String arn, String userId) {
        answers(200, "application/json", """
                {"GetCallerIdentityResponse":{"GetCallerIdentityResult":{"Account":"%s","Arn":"%s","UserId":"%s"},\
                "ResponseMetadata":{"RequestId":"r"}}}""".formatted(account, arn, userId));
    }

    private void answersAsARole() {
        answers("111122223333", ROLE, "AROAEXAMPLE:i-0123456789abcdef0");
    }

    @Test
    void the_signed_request_tells_which_role_it_is_without_the_session() {
        answersAsARole();

        Verified verified = (Verified) attest(URL);

        assertThat(verified.subject()).isEqualTo("arn:aws:iam::111122223333:role/builder");
        assertThat(verified.claims().asMap())
                .containsOnly(
                        Map.entry("account_id", new Claims.One("111122223333")),
                        Map.entry("arn", new Claims.One("arn:aws:iam::111122223333:role/builder")),
                        Map.entry("partition", new Claims.One("aws")),
                        Map.entry("role_name", new Claims.One("builder")),
                        Map.entry("session_name", new Claims.One("i-0123456789abcdef0")),
                        Map.entry("user_id", new Claims.One("AROAEXAMPLE")));
        assertThat(verified.issued()).isEqualTo(SIGNED);
        assertThat(verified.expires()).isEqualTo(SIGNED.plusSeconds(60));
    }

    @Test
    void the_broker_sends_a_request_of_its_own_making_with_its_own_header() {
        answersAsARole();

        attest(URL);

        assertThat(asked.getFirst().toString())
                .startsWith("https://sts.eu-west-1.amazonaws.com/?Action=GetCallerIdentity&");
        assertThat(asked.getFirst().getRawQuery().split("&"))
                .containsExactlyInAnyOrder(URI.create(URL).getRawQuery().split("&"));
        assertThat(headers.getFirst())
                .containsOnly(
                        Map.entry("Accept", "application/json"),
                        Map.entry("X-Sallyport-Server-Id", TestIssuer.BROKER + ";" + TestOutside.JKT));
    }

    @Test
    void a_user_of_iam_is_told_by_name_and_path() {
        answers("111122223333", "arn:aws:iam::111122223333:user/division/alice", "AIDAEXAMPLE");

        Verified verified = (Verified) attest(URL);

        assertThat(verified.claims().get("user_name")).isEqualTo(new Claims.One("alice"));
        assertThat(verified.claims().get("session_name")).isNull();
        assertThat(verified.subject()).isEqualTo("arn:aws:iam::111122223333:user/division/alice");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "arn:aws:sts::111122223333:assumed-role/*/x1",
                "arn:aws:sts::111122223333:assumed-role/build?r/x1",
                "arn:aws:sts::111122223333:assumed-role/builder/x1/y",
                "arn:aws:sts::111122223333:assumed-role/builder",
                "arn:aws:sts::111122223333:federated-user/admin",
                "arn:aws:iam::111122223333:root",
                "arn:aws:iam::111122223333:role/builder",
                "arn:aws:iam::*:user/alice",
                "*",
                "x"
            })
    void an_arn_with_a_wildcard_or_of_nobody_in_particular_is_refused(String arn) {
        answers("111122223333", arn, "AROAEXAMPLE:x1");

        assertThat(rejected(attest(URL)).check()).isEqualTo(Check.SUBJECT);
    }

    @Test
    void another_account_is_refused_and_the_role_of_the_same_name_there_with_it() {
        answers("444455556666", "arn:aws:sts::444455556666:assumed-role/builder/x1", "AROAEXAMPLE:x1");
        assertThat(rejected(attest(URL)).check()).isEqualTo(Check.ISSUER);

        answers("111122223333", "arn:aws:sts::444455556666:assumed-role/builder/x1", "AROAEXAMPLE:x1");
        assertThatThrownBy(() -> attest(URL)).isInstanceOf(Unavailable.class);
        answers("111122223333", "arn:aws-cn:sts::111122223333:assumed-role/builder/x1", "AROAEXAMPLE:x1");
        assertThatThrownBy(() -> attest(URL)).isInstanceOf(Unavailable.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "https://sts.eu-west-1 | https://evil.example",
                "https://sts.eu-west-1.amazonaws.com/ | https://sts.eu-west-1.amazonaws.com.evil.example/",
                "https://sts.eu-west-1.amazonaws.com/ | https://sts.eu-west-1.amazonaws.com@evil.example/",
                "https://sts.eu-west-1.amazonaws.com/ | https://sts.eu-west-1.amazonaws.com:8443/",
                "https://sts.eu-west-1.amazonaws.com/ | https://sts.eu-west-1.amazonaws.com//evil.example/",
                "https://sts.eu-west-1.amazonaws.com/ | https://sts.eu-west-1.amazonaws.com/x/",
                "https://sts.eu-west-1 | http://sts.eu-west-1",
                "https://sts.eu-west-1 | https://sts.us-east-1",
                "https://sts.eu-west-1 | https://sts.eu-wеst-1",
                "https://sts.eu-west-1.amazonaws.com | https://sts.amazonaws.com",
                "eu-west-1%2Fsts | evil.example%2Fsts",
                "eu-west-1%2Fsts | eu-west-1%2Fiam",
                "Action=GetCallerIdentity | Action=GetFederationToken",
                "Action=GetCallerIdentity | Action=GetCallerIdentity&Action=AssumeRole",
                "Action=GetCallerIdentity& | ",
                "Version=2011-06-15 | Version=2011-06-14",
                "Version=2011-06-15 | Version=2011-06-15&RoleArn=x",
                "Version=2011-06-15 | version=2011-06-15",
                "%3Bx-sallyport-server-id | ",
                "%3Bx-sallyport-server-id | %3Bx-evil%3Bx-sallyport-server-id",
                "host%3Bx-sallyport-server-id | x-sallyport-server-id",
                "X-Amz-Expires=60 | X-Amz-Expires=901",
                "X-Amz-Expires=60 | X-Amz-Expires=-60",
                "X-Amz-Expires=60 | X-Amz-Expires=60&X-Amz-Expires=900",
                "X-Amz-Date=20261124T100000Z | X-Amz-Date=20261124T100000Z%0D%0AX-Evil%3A1",
                "X-Amz-Date=20261124T100000Z | X-Amz-Date=20261125T100000Z",
                "X-Amz-Date=20261124T100000Z | X-Amz-Date=20261124T250000Z",
                "a%2Bb | a%0d%0ab",
                "a%2Bb | a%zzb",
                "&X-Amz-Signature= | #&X-Amz-Signature=",
                "AWS4-HMAC-SHA256 | AWS4-ECDSA-P256-SHA256"
            })
    void a_url_to_another_host_or_with_another_action_header_or_trick_is_not_sent(String part, String instead) {
        answersAsARole();
        String url = URL.replace(part, instead == null ? "" : instead);
        assertThat(url).isNotEqualTo(URL);

        Verdict verdict = attest(url);

        assertThat(verdict).isInstanceOf(Rejected.class);
        assertThat(asked).isEmpty();
    }

    @Test
    void a_url_with_a_line_break_or_that_is_too_long_is_not_sent() {
        for (UnaryOperator<String> trick : List.<UnaryOperator<String>>of(
                url -> url + "\r\nX-Evil: 1",
                url -> url.replace("/?", "/?\n"),
                url -> url + "0".repeat(9000),
                url -> "")) {
            assertThat(attest(trick.apply(URL))).isInstanceOf(Rejected.class);
        }
        assertThat(asked).isEmpty();
    }

    @Test
    void a_signed_request_ends_when_it_says_and_after_fifteen_minutes_at_the_latest() {
        answersAsARole();

        assertThat(rejected(attest(URL, SIGNED.plusSeconds(60))).check()).isEqualTo(Check.EXPIRY);
        assertThat(rejected(attest(URL, SIGNED.minusSeconds(61))).check()).isEqualTo(Check.ISSUED_AT);
        assertThat(asked).isEmpty();
    }

    @Test
    void what_aws_does_not_accept_is_refused_and_the_header_is_named() {
        answers(403, "application/json", "{\"Error\":{\"Code\":\"SignatureDoesNotMatch\"}}");

        Rejected rejected = rejected(attest(URL));

        assertThat(rejected.check()).isEqualTo(Check.SIGNATURE);
        assertThat(rejected.detail()).contains("X-Sallyport-Server-Id").doesNotContain("SignatureDoesNotMatch");
    }

    @Test
    void an_answer_in_xml_a_redirect_a_fault_and_silence_are_no_proof() {
        String xml = "<GetCallerIdentityResponse><Account>111122223333</Account></GetCallerIdentityResponse>";
        answers(200, "text/xml", xml);
        assertThatThrownBy(() -> attest(URL)).isInstanceOf(Unavailable.class);
        answers(200, "application/json", xml);
        assertThatThrownBy(() -> attest(URL)).isInstanceOf(Unavailable.class);
        answers(
                200,
                "application/json",
                "{\"GetCallerIdentityResponse\":{\"GetCallerIdentityResult\":{},\"GetCallerIdentityResult\":{}}}");
        assertThatThrownBy(() -> attest(URL)).isInstanceOf(Unavailable.class);
        answers(200, "application/json", "{}");
        assertThatThrownBy(() -> attest(URL)).isInstanceOf(Unavailable.class);
        answers(302, "application/json", "{}");
        assertThatThrownBy(() -> attest(URL)).isInstanceOf(Unavailable.class);
        answers(500, "application/json", "{}");
        assertThatThrownBy(() -> attest(URL)).isInstanceOf(Unavailable.class);
        outside.sts = (uri, sent) -> {
            throw new IOException("timed out");
        };
        assertThatThrownBy(() -> attest(URL)).isInstanceOf(Unavailable.class);
    }

    @Test
    void aws_is_asked_once_for_a_decision_that_is_made_anew_but_again_for_another_key() {
        answersAsARole();
        Providers providers = outside.providers(NOW);
        var attestor = providers.compile(document(null), Set.of()).attestor();
        var evidence = TestOutside.evidence("aws-caller-identity", Map.of("url", URL));

        attestor.attest(evidence);
        attestor.attest(evidence);
        assertThat(asked).hasSize(1);
        attestor.attest(evidence.heldBy(TestOutside.OTHER_JKT));
        assertThat(asked).hasSize(2);
    }

    @Test
    void china_and_a_private_partition_have_hosts_of_their_own() {
        answers("111122223333", "arn:aws-cn:sts::111122223333:assumed-role/builder/x1", "AROAEXAMPLE:x1");
        String china = URL.replace("eu-west-1", "cn-north-1").replace("amazonaws.com", "amazonaws.com.cn");
        assertThat(attest(china)).isInstanceOf(Verified.class);
        assertThat(attest(china.replace(".com.cn", ".com"))).isInstanceOf(Rejected.class);

        answersAsARole();
        outside.stsEndpoint = URI.create("https://sts.private.example:8443");
        assertThat(attest(URL)).isInstanceOf(Rejected.class);
        assertThat(attest(URL.replace("https://sts.eu-west-1.amazonaws.com", "https://sts.private.example:8443")))
                .isInstanceOf(Verified.class);
    }

    @Test
    void a_region_that_is_not_listed_is_refused() {
        answersAsARole();
        Verdict verdict = outside.attest(
                document(List.of("us-east-1")), NOW, TestOutside.evidence("aws-caller-identity", Map.of("url", URL)));

        assertThat(rejected(verdict).check()).isEqualTo(Check.PIN);
    }

    private static TrustProvider document(@Nullable List<String> regions) {
        return TestOutside.aws(
                "aws-caller-identity", Map.of(), List.of("111122223333"), regions, null, null, null, null);
    }

    private Verdict attest(String url) {
        return attest(url, NOW);
    }

    private Verdict attest(String url, Instant now) {
        return outside.attest(document(null), now, TestOutside.evidence("aws-caller-identity", Map.of("url", url)));
    }

    private static Rejected rejected(Verdict verdict) {
        assertThat(verdict).isInstanceOf(Rejected.class);
        return (Rejected) verdict;
    }
}
