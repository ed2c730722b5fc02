package dev.sallyport.attestation;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.sallyport.core.attest.Verdict;
import dev.sallyport.core.attest.Verdict.Verified;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Messages that platforms sign, of any kind and altered in places: each three bytes of input alter one. */
class SignedDocumentFuzzTest {

    private static final String CONTENT = """
            {"nonce":"challenge","subscriptionId":"5ca1ab1e-0000-4000-8000-00000000cafe",\
            "timeStamp":{"createdOn":"01/01/20 00:00:00 -0000","expiresOn":"01/01/30 00:00:00 -0000"},\
            "vmId":"c0ffee00-0000-4000-8000-00000000beef"}""";

    @TempDir
    static Path directory;

    static TestAuthority service;
    static byte[] plain;
    static byte[] withAttributes;
    static TestOutside outside;

    @BeforeAll
    static void authorities() {
        TestAuthority root = TestAuthority.root("Root");
        service = root.host("metadata.azure.com", null);
        plain = TestCms.of(CONTENT)
                .withoutAttributes()
                .with(service.certificate())
                .signedBy(service)
                .encoded();
        withAttributes = TestCms.of(CONTENT)
                .with(service.certificate())
                .indefinite()
                .signedBy(service)
                .encoded();
        outside = new TestOutside();
        outside.azure = AzureCertificates.read(TestAuthority.file(directory.resolve("azure.pem"), root));
        outside.challenges.put("challenge " + TestOutside.JKT, TestAuthority.NOW.plusSeconds(300));
    }

    @FuzzTest
    void a_signature_verifies_for_nothing_but_what_was_signed(byte[] input) {
        for (byte[] good : new byte[][] {plain, withAttributes}) {
            try {
                Cms cms = Cms.read(Base64.getEncoder().encodeToString(altered(good, input)));
                cms.checkSigned(service.keys().getPublic(), null);
                assertThat(cms.content()).isEqualTo(CONTENT.getBytes(StandardCharsets.UTF_8));
            } catch (NotProven e) {
                assertThat(e.verdict().detail()).isNotEmpty();
            }
        }
    }

    @FuzzTest
    void a_document_names_the_machine_that_was_signed_or_none(byte[] input) {
        String signature = Base64.getEncoder().encodeToString(altered(plain, input));
        outside.spent.clear();
        Verdict verdict = outside.attest(
                TestOutside.azure(null, null),
                TestAuthority.NOW,
                TestOutside.evidence(AzureAttestedDocument.TYPE, Map.of("encoding", "pkcs7", "signature", signature)));
        if (verdict instanceof Verified verified) {
            assertThat(verified.subject())
                    .isEqualTo(
                            "/subscriptions/5ca1ab1e-0000-4000-8000-00000000cafe/vm/c0ffee00-0000-4000-8000-00000000beef");
        }
    }

    @FuzzTest
    void a_message_of_any_shape_is_read_or_refused(byte[] input) {
        try {
            Cms cms = Cms.read(Base64.getEncoder().encodeToString(input));
            assertThat(cms.content()).hasSizeLessThan(Cms.MAX_BYTES);
            assertThat(Cms.read(new String(input, StandardCharsets.ISO_8859_1))).isNotNull();
        } catch (NotProven e) {
            assertThat(e.verdict().detail()).isNotEmpty();
        }
    }

    @FuzzTest
    void an_object_that_was_signed_has_texts_or_is_refused(byte[] input) {
        try {
            SignedJson json = SignedJson.parse(input);
            for (Object name : json.fields().keySet()) {
                String key = String.valueOf(name);
                if (json.optional(key) != null) {
                    assertThat(json.fields().get(key)).isEqualTo(json.text(key));
                }
            }
        } catch (NotProven e) {
            assertThat(e.verdict().detail()).isNotEmpty();
        }
    }

    private static byte[] altered(byte[] good, byte[] input) {
        byte[] altered = good.clone();
        for (int i = 0; i + 2 < input.length; i += 3) {
            int at = ((input[i] & 0xff) << 8 | (input[i + 1] & 0xff)) % altered.length;
            altered[at] ^= input[i + 2];
        }
        return altered;
    }
}
