package dev.sallyport.attestation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.core.Invalid;
import dev.sallyport.core.Unavailable;
import dev.sallyport.core.attest.Check;
import dev.sallyport.core.attest.Claims;
import dev.sallyport.core.attest.DocumentEvidence;
import dev.sallyport.core.attest.TrustProvider;
import dev.sallyport.core.attest.Verdict;
import dev.sallyport.core.attest.Verdict.Rejected;
import dev.sallyport.core.attest.Verdict.Verified;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AzureAttestedDocumentTest {

    private static final Instant NOW = TestAuthority.NOW;
    private static final String PLACE = "http://www.microsoft.com/pkiops/certs/Issuing%20CA%2001.crt";
    private static final String FETCHED = "https://www.microsoft.com/pkiops/certs/Issuing%20CA%2001.crt";
    private static final String NONCE = "challengeChallengeChallengeChall";
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("MM/dd/uu HH:mm:ss").withZone(ZoneOffset.UTC);

    @TempDir
    static Path directory;

    static TestAuthority root;
    static TestAuthority issuing;
    static TestAuthority service;
    static TestAuthority thief;
    static AzureCertificates certificates;

    private final TestOutside outside = new TestOutside();

    @BeforeAll
    static void authorities() {
        root = TestAuthority.root("Root G2");
        issuing = root.intermediate("Issuing CA 01");
        service = issuing.host("eastus.metadata.azure.com", PLACE);
        thief = TestAuthority.root("thief").host("metadata.azure.com", null);
        certificates = AzureCertificates.read(TestAuthority.file(directory.resolve("azure.pem"), root));
    }

    @BeforeEach
    void aChallenge() {
        outside.azure = certificates;
        outside.challenges.put(NONCE + " " + TestOutside.JKT, NOW.plusSeconds(300));
    }

    private static String content(Instant created, Instant expires) {
        return """
                {"licenseType":"","nonce":"%s","plan":{"name":"p1","product":"","publisher":"acme"},\
                "sku":"20_04-lts-gen2","subscriptionId":"5ca1ab1e-0000-4000-8000-00000000cafe",\
                "timeStamp":{"createdOn":"%s -0000","expiresOn":"%s -0000"},"vmId":"C0FFEE00-0000-4000-8000-00000000beef"}""".formatted(NONCE, TIME.format(created), TIME.format(expires));
    }

    private static String content() {
        return content(NOW.minusSeconds(5), NOW.plusSeconds(6 * 3600));
    }

    /** As Azure writes it: no signed attributes, the digest named by the signature's algorithm, the leaf alone in the bag. */
    private static TestCms azure(String content) {
        return TestCms.of(content).withoutAttributes().digestCalled(PKCSObjectIdentifiers.sha256WithRSAEncryption);
    }

    private static TestCms good() {
        return azure(content()).with(service.certificate()).with(issuing.certificate());
    }

    @Test
    void a_document_with_our_challenge_proves_which_machine_it_is() {
        Verified verified = (Verified) attest(good().signedBy(service));

        assertThat(verified.subject())
                .isEqualTo(
                        "/subscriptions/5ca1ab1e-0000-4000-8000-00000000cafe/vm/c0ffee00-0000-4000-8000-00000000beef");
        assertThat(verified.claims().asMap())
                .containsEntry("vm_id", new Claims.One("c0ffee00-0000-4000-8000-00000000beef"))
                .containsEntry("subscription_id", new Claims.One("5ca1ab1e-0000-4000-8000-00000000cafe"))
                .containsEntry("sku", new Claims.One("20_04-lts-gen2"))
                .containsEntry("plan_name", new Claims.One("p1"))
                .containsEntry("plan_publisher", new Claims.One("acme"))
                .doesNotContainKeys("license_type", "plan_product", "nonce");
        assertThat(verified.expires()).isEqualTo(NOW.plusSeconds(6 * 3600));
    }

    @Test
    void a_challenge_is_used_once_and_a_decision_that_is_made_anew_does_not_use_it_twice() {
        DocumentEvidence evidence = evidence(good().signedBy(service));

        assertThat(attest(evidence)).isInstanceOf(Verified.class);
        assertThat(attest(evidence)).isInstanceOf(Verified.class);
        assertThat(rejected(attest(good().signedBy(service))).detail()).contains("used before");
    }

    @Test
    void a_challenge_of_another_key_or_none_of_ours_is_refused() {
        DocumentEvidence stolen = evidence(good().signedBy(service)).heldBy(TestOutside.OTHER_JKT);

        assertThat(rejected(attest(stolen)).check()).isEqualTo(Check.AUDIENCE);
        outside.challenges.clear();
        assertThat(rejected(attest(good().signedBy(service))).check()).isEqualTo(Check.AUDIENCE);
        assertThat(outside.spent).isEmpty();
    }

    @Test
    void azures_certificate_first_in_the_bag_does_not_make_a_thief_azure() {
        String inHisOwn = azure(content())
                .with(service.certificate())
                .with(issuing.certificate())
                .with(thief.certificate())
                .signedBy(thief)
                .base64();
        String inAzures = azure(content())
                .with(service.certificate())
                .with(issuing.certificate())
                .signedBy(thief.keys().getPrivate(), service.certificate())
                .base64();

        assertThat(rejected(attest(evidence(inHisOwn))).check()).isEqualTo(Check.KEY);
        assertThat(rejected(attest(evidence(inAzures))).check()).isEqualTo(Check.SIGNATURE);
    }

    @Test
    void content_that_was_swapped_under_a_real_signature_is_refused() {
        String other = content().replace("C0FFEE00", "deadbeef");

        assertThat(rejected(attest(good().signedBy(service).swapped(other))).check())
                .isEqualTo(Check.SIGNATURE);
    }

    @Test
    void a_message_without_its_signers_certificate_or_with_it_twice_is_refused() {
        assertThat(rejected(attest(azure(content()).with(issuing.certificate()).signedBy(service)))
                        .check())
                .isEqualTo(Check.KEY);
        assertThat(rejected(attest(good().with(service.certificate()).signedBy(service)))
                        .check())
                .isEqualTo(Check.KEY);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "metadata.azure.com.evil.example",
                "evilmetadata.azure.com",
                "azure.com",
                "metadata.azure.us",
                "*.azure.com",
                "vm1.eastus.cloudapp.azure.com"
            })
    void a_certificate_of_another_host_is_refused_whoever_issued_it(String host) {
        TestAuthority other = issuing.host(host, null);

        assertThat(rejected(attest(azure(content())
                                .with(other.certificate())
                                .with(issuing.certificate())
                                .signedBy(other)))
                        .detail())
                .contains("metadata.azure.com");
    }

    @ParameterizedTest
    @CsvSource({"us-government, metadata.azure.us", "china, north.metadata.azure.cn"})
    void another_cloud_has_another_name(String cloud, String host) {
        TestAuthority other = issuing.host(host, null);
        DocumentEvidence evidence = evidence(azure(content())
                .with(other.certificate())
                .with(issuing.certificate())
                .signedBy(other));

        assertThat(outside.attest(TestOutside.azure(cloud, null), NOW, evidence))
                .isInstanceOf(Verified.class);
        assertThat(rejected(attest(good().signedBy(service), TestOutside.azure(cloud, null)))
                        .check())
                .isEqualTo(Check.KEY);
    }

    @Test
    void a_chain_that_leads_to_no_root_or_is_out_of_date_is_refused() {
        TestAuthority expired = issuing.expiredHost("metadata.azure.com");

        assertThat(rejected(attest(azure(content()).with(thief.certificate()).signedBy(thief)))
                        .check())
                .isEqualTo(Check.KEY);
        assertThat(rejected(attest(azure(content())
                                .with(expired.certificate())
                                .with(issuing.certificate())
                                .signedBy(expired)))
                        .check())
                .isEqualTo(Check.KEY);
        outside.azure = AzureCertificates.shipped();
        assertThat(rejected(attest(good().signedBy(service))).check()).isEqualTo(Check.KEY);
    }

    @Test
    void a_host_may_not_issue_certificates() {
        TestAuthority forged = service.host("metadata.azure.com", null);

        assertThat(rejected(attest(azure(content())
                                .with(forged.certificate())
                                .with(service.certificate())
                                .with(issuing.certificate())
                                .signedBy(forged)))
                        .check())
                .isEqualTo(Check.KEY);
    }

    @Test
    void what_the_message_lacks_is_fetched_from_microsoft_once_unless_that_is_off() {
        CountingFetch microsoft = new CountingFetch();
        outside.fetch = microsoft;
        TestCms leafOnly = azure(content()).with(service.certificate()).signedBy(service);
        Providers providers = outside.providers(NOW);
        outside.challenges.put(NONCE + " " + TestOutside.OTHER_JKT, NOW.plusSeconds(300));

        assertThat(rejected(attest(leafOnly, TestOutside.azure(null, false))).check())
                .isEqualTo(Check.KEY);
        assertThat(microsoft.asked).isEmpty();
        for (String jkt : List.of(TestOutside.JKT, TestOutside.OTHER_JKT)) {
            outside.spent.clear();
            assertThat(providers
                            .compile(TestOutside.azure(null, null), Set.of())
                            .attestor()
                            .attest(evidence(leafOnly).heldBy(jkt)))
                    .isInstanceOf(Verified.class);
        }
        assertThat(microsoft.asked).containsExactly(FETCHED);
    }

    @Test
    void what_can_not_be_fetched_is_no_fault_of_the_callers() {
        TestCms leafOnly = azure(content()).with(service.certificate()).signedBy(service);

        assertThatThrownBy(() -> attest(leafOnly)).isInstanceOf(Unavailable.class);
        assertThat(outside.spent).isEmpty();
    }

    private static final class CountingFetch implements Fetch {
        final List<String> asked = new ArrayList<>();

        @Override
        public byte[] get(URI uri) throws IOException {
            asked.add(uri.toString());
            try {
                return issuing.certificate().getEncoded();
            } catch (CertificateEncodingException e) {
                throw new IOException(e);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://169.254.169.254/pkiops/certs/a.crt",
                "http://localhost/pkiops/certs/a.crt",
                "http://www.microsoft.com.evil.example/pkiops/certs/a.crt",
                "http://www.microsoft.com@evil.example/pkiops/certs/a.crt",
                "http://evil.example/pkiops/certs/a.crt?www.microsoft.com",
                "http://www.microsoft.com:8080/pkiops/certs/a.crt",
                "http://www.microsoft.com/pkiops/certs/../../redirect",
                "http://www.microsoft.com/redirect?to=evil",
                "http://www.mıcrosoft.com/pkiops/certs/a.crt",
                "ftp://www.microsoft.com/pkiops/certs/a.crt",
                "file:///pkiops/certs/a.crt",
                "www.microsoft.com/pkiops/certs/a.crt",
                ""
            })
    void nothing_is_fetched_from_where_a_certificate_says_but_from_microsoft(String place) {
        assertThat(Intermediates.known(place)).isEmpty();
    }

    @Test
    void a_document_that_is_old_or_of_the_future_or_of_another_subscription_is_refused() {
        assertThat(rejected(attest(signed(content(NOW.minusSeconds(7200), NOW))))
                        .check())
                .isEqualTo(Check.EXPIRY);
        assertThat(rejected(attest(signed(content(NOW.plusSeconds(61), NOW.plusSeconds(7200)))))
                        .check())
                .isEqualTo(Check.ISSUED_AT);
        assertThat(rejected(attest(signed(content().replace("5ca1ab1e", "aaaabbbb"))))
                        .check())
                .isEqualTo(Check.ISSUER);
        assertThat(rejected(attest(signed(content().replace("C0FFEE00", "*")))).check())
                .isEqualTo(Check.SUBJECT);
        assertThat(rejected(attest(signed(content().replace(" -0000", " +0200"))))
                        .check())
                .isEqualTo(Check.FORMAT);
        assertThat(outside.spent).isEmpty();
    }

    @Test
    void a_provider_without_subscriptions_or_of_an_unknown_cloud_is_refused_when_it_is_written() {
        TrustProvider none = new TrustProvider(
                "azure",
                "azure-attested-document",
                null,
                List.of(),
                TrustProvider.Keys.discovered(),
                Map.of(),
                List.of());

        assertThatThrownBy(() -> outside.providers(NOW).compile(none, Set.of()))
                .isInstanceOf(Invalid.class)
                .hasMessageContaining("subscriptions");
        assertThatThrownBy(() -> outside.providers(NOW).compile(TestOutside.azure("mars", null), Set.of()))
                .isInstanceOf(Invalid.class)
                .hasMessageContaining("china, public, us-government");
    }

    private static TestCms signed(String content) {
        return azure(content)
                .with(service.certificate())
                .with(issuing.certificate())
                .signedBy(service);
    }

    private static DocumentEvidence evidence(TestCms cms) {
        return evidence(cms.base64());
    }

    private static DocumentEvidence evidence(String signature) {
        return TestOutside.evidence("azure-attested-document", Map.of("encoding", "pkcs7", "signature", signature));
    }

    private Verdict attest(TestCms cms) {
        return attest(evidence(cms));
    }

    private Verdict attest(TestCms cms, TrustProvider document) {
        return outside.attest(document, NOW, evidence(cms));
    }

    private Verdict attest(DocumentEvidence evidence) {
        return outside.attest(TestOutside.azure(null, null), NOW, evidence);
    }

    private static Rejected rejected(Verdict verdict) {
        assertThat(verdict).isInstanceOf(Rejected.class);
        return (Rejected) verdict;
    }
}
