package dev.sallyport.core.attest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.attest.Verdict.Rejected;
import dev.sallyport.core.attest.Verdict.Verified;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DocumentEvidenceTest {

    private static final Instant NOW = Instant.parse("2026-11-24T10:00:00Z");
    private static final Verdict NOT_MINE = new Rejected(Check.ISSUER, "another account");
    private static final Verdict MINE = new Verified("vm", Claims.NONE, NOW, NOW.plusSeconds(60), "d");

    @Test
    void a_document_is_a_json_object_in_base64url_and_shows_nothing_of_itself() {
        DocumentEvidence document = (DocumentEvidence) Evidence.document("some-type", base64("{\"pkcs7\":\"secret\"}"));

        assertThat(document.text("pkcs7")).isEqualTo("secret");
        assertThat(document.jkt()).isNull();
        assertThat(document.heldBy("key").jkt()).isEqualTo("key");
        assertThat(document.toString()).isEqualTo("DocumentEvidence[some-type]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]", "{", "{\"a\":1,\"a\":2}", "{\"a\":[[[[[[[[1]]]]]]]]}", "7"})
    void anything_else_is_unreadable(String json) {
        assertThat(Evidence.document("some-type", base64(json))).isInstanceOf(Evidence.Unreadable.class);
        assertThat(Evidence.document("some-type", "%" + base64(json))).isInstanceOf(Evidence.Unreadable.class);
    }

    @Test
    void one_that_is_too_long_is_not_even_decoded() {
        assertThat(Evidence.document("some-type", "A".repeat(DocumentEvidence.MAX_LENGTH + 1)))
                .isInstanceOf(Evidence.Unreadable.class);
    }

    @Test
    void what_can_be_used_once_is_used_once_per_evidence() {
        DocumentEvidence document = DocumentEvidence.of("some-type", Map.of(), "key");
        AtomicInteger uses = new AtomicInteger();

        assertThat(document.once(() -> uses.incrementAndGet() == 1)).isTrue();
        assertThat(document.once(() -> uses.incrementAndGet() == 1)).isTrue();
        assertThat(uses).hasValue(1);
    }

    @Test
    void the_trust_provider_that_knows_the_account_speaks_and_stands_on_the_attestation() {
        DocumentEvidence document = DocumentEvidence.of("some-type", Map.of(), "key");

        Appraisal appraisal =
                attestors(provider("a", NOT_MINE), provider("b", MINE)).attest(document);

        assertThat(appraisal).isInstanceOfSatisfying(Attestation.class, it -> {
            assertThat(it.provider()).isEqualTo("b");
            assertThat(it.type()).isEqualTo("some-type");
        });
        assertThat(attestors(provider("a", NOT_MINE)).attest(document)).isInstanceOf(NotAttested.class);
        assertThat(attestors().attest(document))
                .isEqualTo(new NotAttested(Check.ISSUER, "no trust provider is configured for documents of this type"));
    }

    @Test
    void the_first_who_does_not_say_that_it_is_anothers_has_the_last_word() {
        Rejected expired = new Rejected(Check.EXPIRY, "too old");

        assertThat(attestors(provider("a", expired), provider("b", MINE))
                        .attest(DocumentEvidence.of("some-type", Map.of(), "key")))
                .isEqualTo(new NotAttested(Check.EXPIRY, "too old"));
    }

    @Test
    void a_suspended_trust_provider_is_not_even_asked() {
        Provider suspended =
                new Provider("a", "some-type", new Origin.Type("some-type"), EvidenceTerms.DEFAULT, evidence -> {
                    throw new AssertionError("it was asked");
                });

        assertThat(Attestors.of(List.of(suspended), Set.of("a"), InstantSource.fixed(NOW))
                        .attest(DocumentEvidence.of("some-type", Map.of(), "key")))
                .isInstanceOfSatisfying(
                        NotAttested.class, it -> assertThat(it.check()).isEqualTo(Check.PROVIDER));
    }

    private static Attestors attestors(Provider... providers) {
        return Attestors.of(List.of(providers), Set.of(), InstantSource.fixed(NOW));
    }

    private static Provider provider(String name, Verdict verdict) {
        return new Provider(
                name, "some-type", new Origin.Type("some-type"), EvidenceTerms.DEFAULT, evidence -> verdict);
    }

    private static String base64(String json) {
        return Base64.getUrlEncoder().encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }
}
