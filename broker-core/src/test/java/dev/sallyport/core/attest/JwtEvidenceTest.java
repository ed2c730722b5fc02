package dev.sallyport.core.attest;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.MACVerifier;
import dev.sallyport.core.Hash;
import dev.sallyport.core.attest.Evidence.Unreadable;
import dev.sallyport.core.jwt.CompactJwt;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JwtEvidenceTest {

    private static final String HEADER = "{\"alg\":\"RS256\",\"kid\":\"k\"}";
    private static final String PAYLOAD = "{\"iss\":\"https://idp.example\",\"n\":7,\"o\":{\"a\":[1,true,null]}}";
    private static final String GOOD = base64(HEADER) + "." + base64(PAYLOAD) + ".c2ln";

    @Test
    void a_signed_jwt_is_read() {
        JwtEvidence jwt = read(GOOD);

        assertThat(jwt.header().getKeyID()).isEqualTo("k");
        assertThat(jwt.text("iss")).isEqualTo("https://idp.example");
        assertThat(jwt.text("n")).isNull();
        assertThat(jwt.text("absent")).isNull();
        assertThat(jwt.claim("n")).isEqualTo(7L);
        assertThat(jwt.payload()).containsOnlyKeys("iss", "n", "o");
    }

    @Test
    void the_digest_covers_header_and_payload_and_not_the_malleable_signature() {
        String signed = GOOD.substring(0, GOOD.lastIndexOf('.'));

        assertThat(read(GOOD).digest()).isEqualTo(Hash.hex(Hash.sha256(signed.getBytes(StandardCharsets.US_ASCII))));
        assertThat(read(signed + ".b3RoZXI").digest()).isEqualTo(read(GOOD).digest());
    }

    @Test
    void only_the_right_signature_verifies() throws JOSEException {
        byte[] secret = new byte[32];
        String input = base64("{\"alg\":\"HS256\"}") + "." + base64(PAYLOAD);
        String signature = new MACSigner(secret)
                .sign(new JWSHeader(JWSAlgorithm.HS256), input.getBytes(StandardCharsets.US_ASCII))
                .toString();

        assertThat(read(input + "." + signature).verifiedBy(new MACVerifier(secret)))
                .isTrue();
        assertThat(read(input + ".c2ln").verifiedBy(new MACVerifier(secret))).isFalse();
    }

    @Test
    void nothing_of_it_is_shown() {
        assertThat(read(GOOD)).hasToString("JwtEvidence[redacted]");
    }

    @Test
    void only_three_parts_make_a_signed_jwt() {
        String part = base64(HEADER);
        for (String compact : List.of(
                "",
                ".",
                "..",
                part,
                part + "." + part,
                "." + part + "." + part,
                part + ".." + part,
                GOOD + ".",
                GOOD + ".c2ln",
                GOOD + ".c2ln.c2ln",
                "{\"payload\":\"\",\"signatures\":[]}")) {
            assertUnreadable(compact);
        }
    }

    @Test
    void base64url_has_one_spelling_without_padding_blanks_or_foreign_characters() {
        String header = base64(HEADER);
        String payload = base64(PAYLOAD);
        for (String spelling : List.of("=", "==", " ", "\n", "+", "/", "%", "\u00e9", "\0")) {
            assertUnreadable(header + spelling + "." + payload + ".c2ln");
            assertUnreadable(header + "." + payload + spelling + ".c2ln");
            assertUnreadable(header + "." + payload + ".c2ln" + spelling);
            assertUnreadable(spelling + GOOD);
        }
        assertUnreadable(header + "A." + payload + "AAAAA.c2ln");
    }

    @Test
    void a_token_of_more_than_sixteen_kibibytes_is_not_looked_at() {
        String fitting = GOOD + "A".repeat(CompactJwt.MAX_LENGTH - GOOD.length());

        assertThat(Evidence.jwt(fitting)).isInstanceOf(JwtEvidence.class);
        assertUnreadable(fitting + "A");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"sub\":\"a\",\"sub\":\"b\"}",
                "{\"sub\":\"a\",\"x\":1,\"sub\":\"a\"}",
                "{\"o\":{\"sub\":\"a\",\"sub\":\"b\"}}",
                "{\"l\":[{\"x\":1},{\"x\":1,\"y\":[],\"x\":2}]}",
                "{\"sub\":\"a\",\"\\u0073ub\":\"b\"}",
                "{\"a/b\":1,\"a\\/b\":2}",
                "{\"\\u0073ub\":\"b\"}",
                "{\"\":1,\"\":2}"
            })
    void repeated_members_are_refused_at_every_depth_and_in_every_spelling(String payload) {
        assertUnreadable(base64(HEADER) + "." + base64(payload) + ".c2ln");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"sub\":\"sub\",\"o\":{\"sub\":\"sub\"},\"l\":[{\"sub\":1},{\"sub\":2}]}",
                "{\"a\":\"\\\"sub\\\":1,\\\"sub\\\":2\",\"b\":\"{\\\\\"}",
                "{\"a\":[\"x\",\"x\",[\"x\"]],\"b\":\"x\"}",
                "{ \"a\" : 1 ,\n\"b\" : { } , \"c\" : [ ] }",
                "{}"
            })
    void the_same_name_in_different_objects_and_texts_is_no_repetition(String payload) {
        assertThat(Evidence.jwt(base64(HEADER) + "." + base64(payload) + ".c2ln"))
                .isInstanceOf(JwtEvidence.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"alg\":\"RS256\",\"alg\":\"none\"}",
                "{\"alg\":\"RS256\",\"kid\":\"a\",\"kid\":\"b\"}",
                "{}",
                "null",
                "[]",
                "{\"alg\":7}",
                "{\"alg\":null}",
                "{\"alg\":\"RS256\",\"kid\":7}",
                "{\"alg\":\"RSA-OAEP\",\"enc\":\"A128GCM\"}",
                "{\"alg\":\"RS256\"",
                "{\"alg\":\"RS256\"}x",
                "{'alg':'RS256'}"
            })
    void a_header_that_is_none_is_refused(String header) {
        assertUnreadable(base64(header) + "." + base64(PAYLOAD) + ".c2ln");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "[]",
                "7",
                "\"text\"",
                "foo",
                "{",
                "{\"a\":}",
                "{\"a\":1,}",
                "{\"a\":1e999}",
                "{\"a\":NaN}"
            })
    void a_payload_that_is_no_json_object_is_refused(String payload) {
        assertUnreadable(base64(HEADER) + "." + base64(payload) + ".c2ln");
    }

    @Test
    void nesting_is_bounded() {
        assertThat(Evidence.jwt(nested(8))).isInstanceOf(JwtEvidence.class);
        assertUnreadable(nested(9));
        assertUnreadable(nested(2000));
    }

    @Test
    void text_that_is_not_utf8_is_refused() {
        for (byte[] bytes : List.of(
                new byte[] {'{', '"', (byte) 0xff, '"', ':', '1', '}'},
                new byte[] {'{', '"', (byte) 0xc0, (byte) 0xaf, '"', ':', '1', '}'},
                new byte[] {'{', '"', (byte) 0xed, (byte) 0xa0, (byte) 0x80, '"', ':', '1', '}'},
                "{\"a\":1}".getBytes(StandardCharsets.UTF_16BE))) {
            String payload = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
            assertUnreadable(base64(HEADER) + "." + payload + ".c2ln");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "None", "NONE", "nOnE"})
    void an_unsigned_token_is_refused_for_its_algorithm_however_it_is_spelt(String alg) {
        for (String signature : List.of("", "c2ln")) {
            Evidence evidence =
                    Evidence.jwt(base64("{\"alg\":\"" + alg + "\"}") + "." + base64(PAYLOAD) + "." + signature);

            assertThat(evidence)
                    .isInstanceOfSatisfying(
                            Unreadable.class,
                            unreadable -> assertThat(unreadable.check()).isEqualTo(Check.ALGORITHM));
        }
    }

    @Test
    void claims_are_read_as_plain_json_values() {
        assertThat(read(GOOD).claim("o")).isInstanceOf(Map.class);
    }

    private static void assertUnreadable(String compact) {
        assertThat(Evidence.jwt(compact))
                .isInstanceOfSatisfying(
                        Unreadable.class,
                        unreadable -> assertThat(unreadable.check()).isEqualTo(Check.FORMAT));
    }

    private static JwtEvidence read(String compact) {
        return (JwtEvidence) Evidence.jwt(compact);
    }

    private static String nested(int depth) {
        String payload = "{\"a\":" + "[".repeat(depth - 1) + "]".repeat(depth - 1) + "}";
        return base64(HEADER) + "." + base64(payload) + ".c2ln";
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
