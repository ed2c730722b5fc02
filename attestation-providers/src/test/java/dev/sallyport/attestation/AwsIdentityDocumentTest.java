package dev.sallyport.attestation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.core.Invalid;
import dev.sallyport.core.attest.Check;
import dev.sallyport.core.attest.Claims;
import dev.sallyport.core.attest.DocumentEvidence;
import dev.sallyport.core.attest.Enrolments;
import dev.sallyport.core.attest.TrustProvider;
import dev.sallyport.core.attest.TrustProvider.Instance;
import dev.sallyport.core.attest.Verdict;
import dev.sallyport.core.attest.Verdict.Rejected;
import dev.sallyport.core.attest.Verdict.Verified;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.spec.RSAKeyGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.cms.CMSObjectIdentifiers;
import org.bouncycastle.asn1.oiw.OIWObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class AwsIdentityDocumentTest {

    private static final Instant STARTED = Instant.parse("2026-02-16T00:38:27Z");
    private static final Instant SOON = STARTED.plusSeconds(60);
    private static final String DOCUMENT = """
            {
              "accountId" : "111122223333",
              "architecture" : "arm64",
              "availabilityZone" : "eu-west-1a",
              "billingProducts" : null,
              "devpayProductCodes" : null,
              "marketplaceProductCodes" : [ "1abc2defghijklm3nopqrs4tu" ],
              "imageId" : "ami-0123456789abcdef0",
              "instanceId" : "i-0123456789abcdef0",
              "instanceType" : "t4g.small",
              "kernelId" : null,
              "pendingTime" : "2026-02-16T00:38:27Z",
              "privateIp" : "10.1.2.3",
              "ramdiskId" : null,
              "region" : "eu-west-1",
              "version" : "2017-09-30"
            }""";

    @TempDir
    static Path directory;

    static TestAuthority aws;
    static TestAuthority elsewhere;
    static TestAuthority thief;
    static AwsCertificates certificates;

    private final TestOutside outside = new TestOutside();

    @BeforeAll
    static void authorities() {
        aws = TestAuthority.root("eu-west-1");
        elsewhere = TestAuthority.root("us-east-1");
        thief = TestAuthority.root("thief");
        certificates = AwsCertificates.read(TestAuthority.file(directory.resolve("aws.pem"), aws, elsewhere));
    }

    @BeforeEach
    void certificates() {
        outside.aws = certificates;
    }

    private static TestCms signed() {
        return TestCms.of(DOCUMENT).signedBy(aws);
    }

    static Stream<String> whatAwsHasWritten() {
        return Stream.of(
                signed().base64(),
                signed().pem(),
                signed().pem().replace("\n", "\r\n"),
                signed().base64().replace("\n", ""),
                signed().indefinite().base64(),
                TestCms.of(DOCUMENT).withoutNullParameters().signedBy(aws).base64(),
                TestCms.of(DOCUMENT)
                        .by("SHA256withRSA", PKCSObjectIdentifiers.sha256WithRSAEncryption)
                        .signedBy(aws)
                        .base64(),
                TestCms.of(DOCUMENT).withoutAttributes().signedBy(aws).base64(),
                signed().with(aws.certificate()).base64());
    }

    @ParameterizedTest
    @MethodSource("whatAwsHasWritten")
    void a_document_is_accepted_however_aws_has_encoded_it(String pkcs7) {
        Verified verified = (Verified) attest(tofu(), SOON, pkcs7);

        assertThat(verified.subject()).isEqualTo("arn:aws:ec2:eu-west-1:111122223333:instance/i-0123456789abcdef0");
        assertThat(verified.issued()).isEqualTo(STARTED);
        assertThat(verified.expires()).isEqualTo(SOON.plus(Duration.ofHours(1)));
        assertThat(verified.claims().asMap())
                .containsEntry("account_id", new Claims.One("111122223333"))
                .containsEntry("region", new Claims.One("eu-west-1"))
                .containsEntry("instance_id", new Claims.One("i-0123456789abcdef0"))
                .containsEntry("marketplace_product_codes", new Claims.Many(List.of("1abc2defghijklm3nopqrs4tu")))
                .containsEntry("enrolment", new Claims.One("first-use"))
                .doesNotContainKeys("kernel_id", "ramdisk_id", "billing_products", "version");
    }

    @Test
    void the_real_document_of_2026_is_accepted_in_its_region_and_with_its_account_only() throws Exception {
        Path real = real();
        Assumptions.assumeTrue(real != null, "the shared test data is not here");
        outside.aws = AwsCertificates.shipped();
        String pkcs7 = Files.readString(Objects.requireNonNull(real));

        Verified verified = (Verified) attest(of("189292791360"), SOON, pkcs7);

        assertThat(verified.subject())
                .isEqualTo("arn:aws:ec2:ap-southeast-2:189292791360:instance/i-0c5541936caf78c12");
        assertThat(verified.claims().get("instance_type")).isEqualTo(new Claims.One("t4g.small"));
        assertThat(rejected(attest(of("111122223333"), SOON, pkcs7)).check()).isEqualTo(Check.ISSUER);
        outside.aws = certificates;
        assertThat(rejected(attest(of("189292791360"), SOON, pkcs7)).check()).isEqualTo(Check.KEY);
    }

    private static @Nullable Path real() {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            Path file = at.resolve("shared/data/aws/aws-rsa2048-2026-apse2.b64");
            if (Files.exists(file)) {
                return file;
            }
        }
        return null;
    }

    @Test
    void the_certificates_that_ship_are_of_36_regions_with_a_key_each() {
        Set<Object> keys = new HashSet<>();
        PemFile.shipped("aws-rsa2048.pem")
                .forEach(entry ->
                        assertThat(keys.add(entry.certificate().getPublicKey())).isTrue());
        assertThat(keys).hasSize(36);
        assertThat(AwsCertificates.shipped().knows("us-gov-west-1")).isTrue();
    }

    @Test
    void a_certificate_that_an_attacker_puts_into_the_message_is_of_no_use() {
        String forged = TestCms.of(DOCUMENT)
                .with(thief.certificate())
                .with(aws.certificate())
                .signedBy(thief)
                .base64();
        String inAwsName = TestCms.of(DOCUMENT)
                .with(aws.certificate())
                .signedBy(thief.keys().getPrivate(), aws.certificate())
                .base64();

        assertThat(rejected(attest(tofu(), SOON, forged)).check()).isEqualTo(Check.SIGNATURE);
        assertThat(rejected(attest(tofu(), SOON, inAwsName)).check()).isEqualTo(Check.SIGNATURE);
    }

    @Test
    void a_second_signer_is_refused_and_so_is_none() {
        assertThat(rejected(attest(tofu(), SOON, signed().signedBy(thief).base64()))
                        .detail())
                .contains("exactly one signer");
        assertThat(rejected(attest(tofu(), SOON, TestCms.of(DOCUMENT).base64())).detail())
                .contains("exactly one signer");
    }

    @Test
    void swapped_content_is_refused_with_signed_attributes_and_without() {
        String other = DOCUMENT.replace("i-0123456789abcdef0", "i-0000000000000dead");

        assertThat(rejected(attest(tofu(), SOON, signed().swapped(other).base64()))
                        .check())
                .isEqualTo(Check.SIGNATURE);
        assertThat(rejected(attest(
                                tofu(),
                                SOON,
                                TestCms.of(DOCUMENT)
                                        .withoutAttributes()
                                        .signedBy(aws)
                                        .swapped(other)
                                        .base64()))
                        .check())
                .isEqualTo(Check.SIGNATURE);
    }

    @Test
    void detached_content_is_refused_even_if_it_comes_beside_the_message() {
        DocumentEvidence evidence = TestOutside.evidence(
                "aws-identity-document", Map.of("pkcs7", signed().detached().base64(), "document", DOCUMENT));

        assertThat(rejected(outside.attest(tofu(), SOON, evidence)).check()).isEqualTo(Check.FORMAT);
    }

    @Test
    void signed_attributes_can_not_be_passed_off_as_content() throws Exception {
        DERSet attributes = new DERSet();
        String pkcs7 = TestCms.of(attributes.getEncoded(ASN1Encoding.DER))
                .withoutAttributes()
                .signedBy(aws)
                .base64();

        assertThat(rejected(attest(tofu(), SOON, pkcs7)).check()).isEqualTo(Check.FORMAT);
    }

    @Test
    void the_content_type_must_be_data_inside_and_in_the_signed_attributes() {
        assertThat(rejected(attest(
                                tofu(),
                                SOON,
                                signed().contentType(CMSObjectIdentifiers.signedData)
                                        .base64()))
                        .check())
                .isEqualTo(Check.FORMAT);
        assertThat(rejected(attest(
                                tofu(),
                                SOON,
                                TestCms.of(DOCUMENT)
                                        .typeAttribute(CMSObjectIdentifiers.signedData)
                                        .signedBy(aws)
                                        .base64()))
                        .check())
                .isEqualTo(Check.SIGNATURE);
    }

    @Test
    void a_message_within_a_message_is_refused() {
        String nested = TestCms.of(signed().encoded()).signedBy(aws).base64();

        assertThat(rejected(attest(tofu(), SOON, nested)).check()).isEqualTo(Check.FORMAT);
    }

    @Test
    void a_document_of_another_region_is_refused_though_that_region_is_aws_too() {
        String elsewheres = TestCms.of(DOCUMENT).signedBy(elsewhere).base64();
        String unknown = TestCms.of(DOCUMENT.replace("eu-west-1", "eu-west-9"))
                .signedBy(aws)
                .base64();

        assertThat(rejected(attest(tofu(), SOON, elsewheres)).check()).isEqualTo(Check.SIGNATURE);
        assertThat(rejected(attest(tofu(), SOON, unknown)).check()).isEqualTo(Check.KEY);
    }

    @Test
    void a_region_that_is_not_listed_and_a_pin_that_is_not_met_are_refused() {
        TrustProvider regions = TestOutside.aws(
                "aws-identity-document",
                Map.of(),
                List.of("111122223333"),
                List.of("us-east-1"),
                null,
                null,
                true,
                null);
        TrustProvider pinned = TestOutside.aws(
                "aws-identity-document",
                Map.of("image_id", List.of("ami-1")),
                List.of("111122223333"),
                null,
                null,
                null,
                true,
                null);

        assertThat(rejected(attest(regions, SOON, signed().base64())).check()).isEqualTo(Check.PIN);
        assertThat(rejected(attest(pinned, SOON, signed().base64())).check()).isEqualTo(Check.PIN);
        assertThat(outside.enrolled).isEmpty();
    }

    @Test
    void a_key_with_a_long_exponent_is_refused_before_its_signature_is_looked_at() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(
                new RSAKeyGenParameterSpec(2048, BigInteger.ONE.shiftLeft(64).nextProbablePrime()));
        TestAuthority slow = TestAuthority.root("eu-west-1", generator.generateKeyPair());
        Cms message = Cms.read(TestCms.of(DOCUMENT).signedBy(slow).base64());

        assertThatThrownBy(() -> message.checkSigned(slow.certificate().getPublicKey(), null))
                .isInstanceOf(NotProven.class)
                .hasMessageContaining("exponent");
    }

    @Test
    void rsa_1024_dsa_and_sha_1_are_refused() throws NoSuchAlgorithmException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("DSA");
        generator.initialize(1024);
        KeyPair dsa = generator.generateKeyPair();
        TestAuthority small = TestAuthority.root("eu-west-1", TestAuthority.rsa(1024));
        String weak = TestCms.of(DOCUMENT).signedBy(small).base64();

        assertThatThrownBy(() -> AwsCertificates.read(TestAuthority.file(directory.resolve("small.pem"), small)))
                .isInstanceOf(Invalid.class)
                .hasMessageContaining("2048");
        assertThatThrownBy(() -> Cms.read(weak).checkSigned(small.certificate().getPublicKey(), null))
                .isInstanceOf(NotProven.class)
                .hasMessageContaining("2048");
        assertThat(rejected(attest(
                                tofu(),
                                SOON,
                                TestCms.of(DOCUMENT)
                                        .by("SHA1withDSA", X9ObjectIdentifiers.id_dsa_with_sha1)
                                        .digestCalled(OIWObjectIdentifiers.idSHA1)
                                        .signedBy(dsa.getPrivate(), aws.certificate())
                                        .base64()))
                        .check())
                .isEqualTo(Check.ALGORITHM);
        assertThat(rejected(attest(
                                tofu(),
                                SOON,
                                TestCms.of(DOCUMENT)
                                        .by("SHA1withRSA", PKCSObjectIdentifiers.sha1WithRSAEncryption)
                                        .digestCalled(OIWObjectIdentifiers.idSHA1)
                                        .signedBy(aws)
                                        .base64()))
                        .check())
                .isEqualTo(Check.ALGORITHM);
    }

    @Test
    void a_message_that_is_too_large_or_nested_too_deeply_costs_nothing() {
        byte[] deep = new byte[16_000];
        for (int i = 0; i < deep.length; i += 2) {
            deep[i] = 0x30;
            deep[i + 1] = (byte) 0x80;
        }
        for (byte[] each :
                List.of(new byte[10 << 20], deep, new byte[0], new byte[] {0x30, (byte) 0x84, 0x7f, -1, -1, -1})) {
            assertThat(rejected(attest(tofu(), SOON, Base64.getEncoder().encodeToString(each)))
                            .check())
                    .isEqualTo(Check.FORMAT);
        }
    }

    @Test
    void whatever_is_cut_off_or_flipped_is_refused_and_nothing_breaks() {
        byte[] good = signed().encoded();
        for (int i = 0; i < good.length; i += 3) {
            byte[] flipped = good.clone();
            flipped[i] ^= 0x55;
            byte[] cut = Arrays.copyOf(good, i);
            for (byte[] each : List.of(flipped, cut)) {
                assertThat(attest(tofu(), SOON, Base64.getEncoder().encodeToString(each)))
                        .satisfiesAnyOf(
                                verdict -> assertThat(verdict).isInstanceOf(Rejected.class),
                                verdict -> assertThat(((Verified) verdict).digest())
                                        .isEqualTo(((Verified) attest(tofu(), SOON, signed().base64())).digest()));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"region\":\"eu-west-1\",\"region\":\"us-east-1\"}",
                "[]",
                "null",
                "{}",
                "{\"region\":7}",
                "\u00ff{"
            })
    void signed_content_that_is_no_document_is_refused(String content) {
        assertThat(rejected(attest(
                                tofu(), SOON, TestCms.of(content).signedBy(aws).base64()))
                        .check())
                .isEqualTo(Check.FORMAT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"i-", "i-0123456789abcdef0*", "*", "m-0123456789abcdef0", "i-0123456789ABCDEF0"})
    void an_instance_id_that_is_none_is_refused(String id) {
        String pkcs7 = TestCms.of(DOCUMENT.replace("i-0123456789abcdef0", id))
                .signedBy(aws)
                .base64();

        assertThat(rejected(attest(tofu(), SOON, pkcs7)).check()).isEqualTo(Check.SUBJECT);
    }

    @Test
    void without_a_key_there_is_no_proof() {
        DocumentEvidence evidence = TestOutside.evidence("aws-identity-document", Map.of("pkcs7", signed().base64()))
                .heldBy(null);

        assertThat(rejected(outside.attest(tofu(), SOON, evidence)).check()).isEqualTo(Check.HOLDER);
    }

    @Test
    void on_first_use_the_document_must_be_five_minutes_old_at_most() {
        assertThat(rejected(attest(tofu(), STARTED.plusSeconds(300), signed().base64()))
                        .check())
                .isEqualTo(Check.EXPIRY);
        assertThat(rejected(attest(tofu(), STARTED.minusSeconds(61), signed().base64()))
                        .check())
                .isEqualTo(Check.ISSUED_AT);
        assertThat(outside.enrolled).isEmpty();
        assertThat(attest(tofu(), STARTED.plusSeconds(299), signed().base64())).isInstanceOf(Verified.class);
    }

    @Test
    void a_machine_that_is_bound_to_a_key_accepts_no_other_and_that_one_with_a_document_of_any_age() {
        attest(tofu(), SOON, signed().base64());
        DocumentEvidence copied = TestOutside.evidence("aws-identity-document", Map.of("pkcs7", signed().base64()))
                .heldBy(TestOutside.OTHER_JKT);

        assertThat(rejected(outside.attest(tofu(), SOON, copied)).check()).isEqualTo(Check.HOLDER);
        assertThat(attest(tofu(), STARTED.plus(Duration.ofDays(400)), signed().base64()))
                .isInstanceOf(Verified.class);
    }

    @Test
    void a_machine_that_an_admin_registered_needs_that_key_and_is_stored_nowhere() {
        TrustProvider mine = registered(TestOutside.JKT);
        TrustProvider others = registered(TestOutside.OTHER_JKT);
        Instant later = STARTED.plus(Duration.ofDays(9));

        assertThat(((Verified) attest(mine, later, signed().base64())).claims().get(Enrolments.CLAIM))
                .isEqualTo(new Claims.One("registered"));
        assertThat(rejected(attest(others, later, signed().base64())).check()).isEqualTo(Check.HOLDER);
        assertThat(outside.enrolled).isEmpty();
    }

    @Test
    void a_machine_that_nobody_registered_is_refused_where_machines_do_not_enrol() {
        TrustProvider another =
                TestOutside.aws(List.of(new Instance("i-0000000000000beef", TestOutside.JKT)), null, null, null);

        assertThat(rejected(attest(another, SOON, signed().base64())).detail()).contains("not registered");
    }

    @Test
    void aws_confirms_a_machine_before_it_is_bound_where_that_is_asked_for() {
        TrustProvider confirmed = TestOutside.aws(null, true, null, null);
        outside.ec2 = (account, region, instance, image) -> false;
        assertThat(rejected(attest(confirmed, SOON, signed().base64())).detail())
                .contains("does not confirm");
        assertThat(outside.enrolled).isEmpty();

        outside.ec2 = (account, region, instance, image) -> account.equals("111122223333")
                && region.equals("eu-west-1")
                && instance.equals("i-0123456789abcdef0")
                && image.equals("ami-0123456789abcdef0");
        Verified verified = (Verified) attest(confirmed, STARTED.plus(Duration.ofDays(9)), signed().base64());
        assertThat(verified.claims().get(Enrolments.CLAIM)).isEqualTo(new Claims.One("confirmed"));
    }

    @Test
    void a_rehearsal_enrols_nobody() {
        Verdict verdict = outside.providers(SOON)
                .at(() -> SOON)
                .compile(tofu(), Set.of())
                .attestor()
                .attest(TestOutside.evidence("aws-identity-document", Map.of("pkcs7", signed().base64())));

        assertThat(verdict).isInstanceOf(Verified.class);
        assertThat(outside.enrolled).isEmpty();
    }

    @Test
    void a_document_that_would_trust_too_much_is_refused_when_it_is_written() {
        refused(TestOutside.aws(null, null, null, null), "instances");
        refused(TestOutside.aws(null, true, null, null), "confirm");
        refused(TestOutside.aws(null, null, true, Duration.ofMinutes(6)), "maxAge");
        refused(of("*"), "accounts[0]");
        refused(TestOutside.aws("aws-identity-document", Map.of(), null, null, null, null, true, null), "accounts");
        refused(
                TestOutside.aws(
                        "aws-identity-document",
                        Map.of(),
                        List.of("111122223333"),
                        List.of("eu-*"),
                        null,
                        null,
                        true,
                        null),
                "regions[0]");
        refused(TestOutside.aws("oidc", Map.of(), List.of("111122223333"), null, null, null, null, null), "accounts");
        assertThatThrownBy(() -> outside.providers(SOON).checkTogether(List.of(tofu(), named("again"))))
                .isInstanceOf(Invalid.class)
                .hasMessageContaining("trustProviders[1].accounts");
    }

    private static TrustProvider named(String name) {
        TrustProvider one = tofu();
        return new TrustProvider(
                name,
                one.type(),
                null,
                List.of(),
                one.keys(),
                Map.of(),
                List.of(),
                null,
                null,
                null,
                one.accounts(),
                null,
                null,
                null,
                null,
                null,
                null,
                true,
                null,
                null);
    }

    private void refused(TrustProvider document, String field) {
        assertThatThrownBy(() -> outside.providers(SOON).compile(document, Set.of()))
                .isInstanceOfSatisfying(
                        Invalid.class, e -> assertThat(e.field()).isEqualTo(field));
    }

    private static TrustProvider tofu() {
        return TestOutside.aws(null, null, true, null);
    }

    private static TrustProvider of(String account) {
        return TestOutside.aws(
                "aws-identity-document", Map.of(), List.of(account), null, null, null, true, Duration.ofMinutes(5));
    }

    private static TrustProvider registered(String jkt) {
        return TestOutside.aws(List.of(new Instance("i-0123456789abcdef0", jkt)), null, null, null);
    }

    private Verdict attest(TrustProvider document, Instant now, String pkcs7) {
        return outside.attest(document, now, TestOutside.evidence("aws-identity-document", Map.of("pkcs7", pkcs7)));
    }

    private static Rejected rejected(Verdict verdict) {
        assertThat(verdict).isInstanceOf(Rejected.class);
        return (Rejected) verdict;
    }
}
