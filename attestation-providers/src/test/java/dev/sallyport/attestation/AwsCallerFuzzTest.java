package dev.sallyport.attestation;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.sallyport.core.Hash;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** Presigned requests and ARNs of any kind. */
class AwsCallerFuzzTest {

    private static final URI ENDPOINT = URI.create("https://sts.test/");

    @FuzzTest
    void a_request_goes_to_its_region_and_is_the_same_when_read_again(byte[] input) {
        String url = new String(input, StandardCharsets.UTF_8);
        try {
            PresignedRequest request = PresignedRequest.read(url, null);
            assertThat(request.uri().getHost()).isEqualTo(AwsRegion.sts(request.region()));
            assertThat(request.uri().getScheme()).isEqualTo("https");
            assertThat(request.uri().getRawAuthority()).isEqualTo(request.uri().getHost());
            assertThat(request.uri().getRawQuery()).startsWith("Action=GetCallerIdentity&Version=2011-06-15&");
            assertThat(request.expires()).isAfter(request.signedAt());
            assertThat(PresignedRequest.read(request.uri().toString(), null)).isEqualTo(request);
            assertThat(request.digest("a")).isNotEqualTo(Hash.hex(Hash.sha256(input)));
        } catch (NotProven e) {
            assertThat(e.verdict().detail()).isNotEmpty();
        }
        refusedElsewhere(url);
    }

    private static void refusedElsewhere(String url) {
        try {
            assertThat(PresignedRequest.read(url, ENDPOINT).uri().getHost()).isEqualTo("sts.test");
        } catch (NotProven e) {
            assertThat(e.verdict().detail()).isNotEmpty();
        }
    }

    @FuzzTest
    void a_caller_is_a_role_or_a_user_of_the_account_that_his_name_says(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        try {
            CallerArn arn = CallerArn.read(text);
            assertThat(AwsRegion.isAccount(arn.account())).isTrue();
            assertThat(arn.role() == null).isNotEqualTo(arn.user() == null);
            assertThat(arn.arn()).startsWith("arn:" + arn.partition() + ":iam::" + arn.account() + ":");
            String again = arn.role() == null
                    ? arn.arn()
                    : "arn:" + arn.partition() + ":sts::" + arn.account() + ":assumed-role/" + arn.role() + "/"
                            + arn.session();
            assertThat(again).isEqualTo(text);
            assertThat(arn.arn()).doesNotContain("*", "\n", " ");
        } catch (NotProven e) {
            assertThat(e.verdict().detail()).isNotEmpty();
        }
    }
}
