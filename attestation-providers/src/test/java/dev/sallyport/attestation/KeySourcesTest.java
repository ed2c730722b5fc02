package dev.sallyport.attestation;

import static dev.sallyport.attestation.TestIssuer.EC;
import static dev.sallyport.attestation.TestIssuer.OIDC;
import static dev.sallyport.attestation.TestIssuer.RSA;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.util.JSONObjectUtils;
import dev.sallyport.core.Invalid;
import dev.sallyport.core.Unavailable;
import dev.sallyport.core.attest.Attestor;
import dev.sallyport.core.attest.Check;
import dev.sallyport.core.attest.TrustProvider;
import dev.sallyport.core.attest.TrustProvider.Keys;
import dev.sallyport.core.attest.Verdict.Rejected;
import dev.sallyport.core.attest.Verdict.Verified;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeySourcesTest {

    private static final String JWKS = "https://idp.example/keys";
    private static final String DISCOVERY = OIDC.issuer() + "/.well-known/openid-configuration";
    private static final Keys AT_URL = new Keys(null, JWKS, null, null);

    private final ManualTime time = new ManualTime();
    private final FakeFetch fetch = FakeFetch.nothing();
    private final Providers providers =
            new Providers(TestIssuer.BROKER, fetch, null, TestIssuer.CLOCK, time, Runnable::run);

    @Test
    void compiling_fetches_nothing_and_compiling_again_keeps_the_keys() {
        fetch.serveKeys(JWKS, RSA);
        Attestor first = compiled(OIDC.document(AT_URL));
        assertThat(fetch.asked()).isEmpty();

        assertVerified(first);
        assertVerified(compiled(OIDC.document(AT_URL)));

        assertThat(fetch.asked()).containsExactly(JWKS);
    }

    @Test
    void evidence_of_another_time_is_tested_with_the_keys_at_hand() {
        fetch.serveKeys(JWKS, RSA);
        assertVerified(compiled(OIDC.document(AT_URL)));

        Attestor later = providers
                .at(InstantSource.fixed(TestIssuer.NOW.plusSeconds(301)))
                .compile(OIDC.document(AT_URL), Set.of())
                .attestor();

        assertThat(later.attest(OIDC.token().evidence()))
                .isEqualTo(new Rejected(Check.EXPIRY, "the token has expired"));
        assertThat(fetch.asked()).containsExactly(JWKS);
    }

    @Test
    void keys_that_cannot_be_fetched_are_breakage_and_not_a_refusal() {
        Attestor attestor = compiled(OIDC.document(AT_URL));

        assertThatExceptionOfType(Unavailable.class)
                .isThrownBy(() -> attestor.attest(OIDC.token().evidence()))
                .withMessage("the keys of trust provider acme can't be fetched");
    }

    @Test
    void nothing_that_a_token_names_is_fetched() {
        fetch.serveKeys(JWKS, RSA);
        Attestor attestor = compiled(OIDC.document(AT_URL));
        String evil = "https://evil.example/keys";

        attestor.attest(OIDC.token().header("jku", evil).header("x5u", evil).evidence());
        attestor.attest(OIDC.token().claim("iss", "https://evil.example").evidence());

        assertThat(fetch.asked()).containsExactly(JWKS);
    }

    @Test
    void discovery_leads_to_the_keys() {
        fetch.serve(DISCOVERY, configuration(OIDC.issuer(), JWKS)).serveKeys(JWKS, RSA);

        assertVerified(compiled(OIDC.document(Keys.discovered())));
        assertThat(fetch.asked()).containsExactly(DISCOVERY, JWKS);
    }

    @Test
    void the_slash_at_the_end_of_an_issuer_is_not_doubled_in_its_discovery_url() {
        String issuer = "https://idp.example/";
        fetch.serve("https://idp.example/.well-known/openid-configuration", configuration(issuer, JWKS))
                .serveKeys(JWKS, RSA);
        TrustProvider document =
                new TrustProvider("acme", "oidc", issuer, List.of(), Keys.discovered(), Map.of(), List.of());

        assertThat(compiled(document).attest(OIDC.token().claim("iss", issuer).evidence()))
                .isInstanceOf(Verified.class);
    }

    static List<String> wrongConfigurations() {
        return List.of(
                configuration("https://idp.example", JWKS),
                configuration(OIDC.issuer() + "/", JWKS),
                configuration(OIDC.issuer(), "ftp://idp.example/keys"),
                configuration(OIDC.issuer(), "file:///etc/keys"),
                "{\"issuer\":\"" + OIDC.issuer() + "\"}",
                "[]",
                "null",
                "<html>");
    }

    @ParameterizedTest
    @MethodSource("wrongConfigurations")
    void a_discovery_document_of_another_issuer_or_without_usable_keys_is_not_followed(String configuration) {
        fetch.serve(DISCOVERY, configuration).serveKeys(JWKS, RSA);
        Attestor attestor = compiled(OIDC.document(Keys.discovered()));

        assertThatExceptionOfType(Unavailable.class)
                .isThrownBy(() -> attestor.attest(OIDC.token().evidence()));
        assertThat(fetch.asked()).containsExactly(DISCOVERY);
    }

    static List<String> wrongKeySets() {
        return List.of(
                "",
                "null",
                "[]",
                "{}",
                "{\"keys\":{}}",
                "{\"keys\":[]}",
                "{\"keys\":[7,null,\"x\"]}",
                "{\"keys\":[{\"kty\":\"RSA\"}]}",
                "{\"keys\":[{\"kty\":\"oct\",\"k\":\"c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0\",\"kid\":\"rsa\"}]}",
                jwks(Collections.nCopies(501, RSA.jwk())),
                FakeFetch.jwks(RSA) + " ".repeat(Fetch.MAX_BYTES));
    }

    @ParameterizedTest
    @MethodSource("wrongKeySets")
    void a_bad_key_set_is_a_failed_fetch_and_the_last_good_one_serves_on(String bad) {
        fetch.serve(JWKS, bad);
        Attestor attestor = compiled(OIDC.document(AT_URL));
        assertThatExceptionOfType(Unavailable.class)
                .isThrownBy(() -> attestor.attest(OIDC.token().evidence()));

        time.pass(Duration.ofSeconds(1));
        fetch.serveKeys(JWKS, RSA);
        assertVerified(attestor);

        time.pass(Duration.ofMinutes(6));
        fetch.serve(JWKS, bad);
        assertVerified(attestor);
        assertVerified(attestor);
    }

    @Test
    void bad_entries_of_a_key_set_are_skipped() {
        List<Object> entries = new ArrayList<>(List.of(
                "text",
                Map.of("kty", "??"),
                Map.of("kty", "EC", "crv", "P-256", "x", "AA", "y", "AA"),
                Map.of("kty", "oct", "k", "c2VjcmV0"),
                Map.of("kty", "RSA", "n", "AQAB", "e", "AQAB", "kid", "small")));
        entries.add(RSA.jwk());
        fetch.serve(JWKS, jwks(entries));

        assertVerified(compiled(OIDC.document(AT_URL)));
    }

    @Test
    void five_hundred_keys_are_accepted() {
        List<Object> entries = new ArrayList<>(Collections.nCopies(499, EC.jwk()));
        entries.add(RSA.jwk());
        fetch.serve(JWKS, jwks(entries));

        assertVerified(compiled(OIDC.document(AT_URL)));
    }

    @Test
    void a_modified_file_is_read_again_and_a_broken_one_changes_nothing(@TempDir Path directory) throws IOException {
        Path file = write(directory.resolve("keys.json"), FakeFetch.jwks(RSA), 1);
        Attestor attestor = compiled(OIDC.document(new Keys(null, null, null, file.toString())));
        TestKey next = TestKey.of("next", JWSAlgorithm.ES256);
        assertVerified(attestor);

        write(file, "{", 2);
        time.pass(Duration.ofSeconds(6));
        assertVerified(attestor);

        write(file, FakeFetch.jwks(next), 3);
        assertVerified(attestor);
        time.pass(Duration.ofSeconds(6));
        assertThat(attestor.attest(OIDC.token().evidence())).isInstanceOf(Rejected.class);
        assertThat(attestor.attest(OIDC.token().signedBy(next).evidence())).isInstanceOf(Verified.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]", "{\"keys\":[]}", "{\"keys\":[{\"kty\":\"oct\",\"k\":\"AAAA\"}]}"})
    void a_file_without_keys_is_refused(String content, @TempDir Path directory) throws IOException {
        Path file = write(directory.resolve("keys.json"), content, 1);

        assertThatExceptionOfType(Invalid.class)
                .isThrownBy(() -> compiled(OIDC.document(new Keys(null, null, null, file.toString()))))
                .satisfies(e -> assertThat(e.field()).startsWith("keys.file"));
    }

    @Test
    void a_file_that_is_not_there_is_refused(@TempDir Path directory) {
        String missing = directory.resolve("missing.json").toString();

        assertThatExceptionOfType(Invalid.class)
                .isThrownBy(() -> compiled(OIDC.document(new Keys(null, null, null, missing))))
                .withMessage("keys.file: can't be read");
    }

    private Attestor compiled(TrustProvider document) {
        return providers.compile(document, Set.of()).attestor();
    }

    private static void assertVerified(Attestor attestor) {
        assertThat(attestor.attest(OIDC.token().evidence())).isInstanceOf(Verified.class);
    }

    private static Path write(Path file, String content, int modified) throws IOException {
        Files.writeString(file, content);
        return Files.setLastModifiedTime(file, FileTime.fromMillis(modified * 10_000L));
    }

    private static String jwks(List<?> entries) {
        return JSONObjectUtils.toJSONString(Map.of("keys", entries));
    }

    private static String configuration(String issuer, String jwksUri) {
        return JSONObjectUtils.toJSONString(Map.of("issuer", issuer, "jwks_uri", jwksUri));
    }
}
