package dev.sallyport.attestation;

import dev.sallyport.core.Hash;
import dev.sallyport.core.attest.Check;
import dev.sallyport.core.attest.DocumentEvidence;
import dev.sallyport.core.attest.Verdict.Verified;
import java.security.PublicKey;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The identity document that EC2's metadata service gives to each machine, with its RSA-2048 signature.
 *
 * <p>It never expires and every process of the machine can read it, so it is only good for the key that {@link Enrolling} knows
 * the machine by. Only what the signature covers is looked at; the key is that of the region which the document names.
 *
 * @param accounts the accounts that the trust provider speaks for
 * @param regions the regions that it accepts; null for all
 */
record AwsIdentityDocument(
        List<String> accounts,
        @Nullable List<String> regions,
        AwsCertificates certificates,
        java.security.@Nullable Provider crypto,
        Enrolling enrolling)
        implements DocumentAttestor.Appraiser {

    /** The trust provider type. */
    static final String TYPE = "aws-identity-document";

    /** How long what is proven counts: as long as a token can live, since the document itself tells no end. */
    private static final Duration COUNTS = Duration.ofHours(1);

    /** How far AWS's clock may be ahead. */
    private static final Duration SKEW = Duration.ofSeconds(60);

    private static final Pattern INSTANCE = Pattern.compile("i-[0-9a-f]{8,17}");

    @Override
    public Verified verified(DocumentEvidence document, String jkt, Instant now) {
        String pkcs7 = document.text("pkcs7");
        NotProven.unless(pkcs7 != null, Check.FORMAT, "the document has no pkcs7 with the metadata service's rsa2048");
        Cms cms = Cms.read(Objects.requireNonNull(pkcs7));
        byte[] content = cms.content();
        SignedJson json = SignedJson.parse(content);
        String region = json.text("region");
        PublicKey key = certificates.key(region);
        NotProven.unless(key != null, Check.KEY, "there is no certificate for the document's region");
        cms.checkSigned(Objects.requireNonNull(key), crypto);
        NotProven.unless(
                accounts.contains(json.text("accountId")),
                Check.ISSUER,
                "the document's account is none that a trust provider accepts");
        NotProven.unless(
                regions == null || regions.contains(region), Check.PIN, "the document's region is not accepted");
        String instance = json.text("instanceId");
        NotProven.unless(
                INSTANCE.matcher(instance).matches(),
                Check.SUBJECT,
                "the document's instanceId is not one of a machine");
        Instant pending = time(json.text("pendingTime"));
        NotProven.unless(
                !pending.isAfter(now.plus(SKEW)), Check.ISSUED_AT, "the document's pendingTime is in the future");
        return new Verified(
                "arn:" + AwsRegion.partition(region) + ":ec2:" + region + ":" + json.text("accountId") + ":instance/"
                        + instance,
                claims(json).claims(),
                pending,
                now.plus(COUNTS),
                Hash.hex(Hash.sha256(content)));
    }

    @Override
    public Verified settled(Verified verified, DocumentEvidence document, String jkt, Instant now) {
        return enrolling.enrolled(verified, jkt, now);
    }

    @Override
    public Verified rehearsed(DocumentEvidence document, Instant now) {
        Verified verified = verified(document, "", now);
        enrolling.checkOpen(verified, now);
        return verified;
    }

    private static ClaimList claims(SignedJson json) {
        return new ClaimList()
                .add("account_id", json.text("accountId"))
                .add("region", json.text("region"))
                .add("instance_id", json.text("instanceId"))
                .add("image_id", json.optional("imageId"))
                .add("instance_type", json.optional("instanceType"))
                .add("architecture", json.optional("architecture"))
                .add("availability_zone", json.optional("availabilityZone"))
                .add("private_ip", json.optional("privateIp"))
                .add("kernel_id", json.optional("kernelId"))
                .add("ramdisk_id", json.optional("ramdiskId"))
                .add("billing_products", json.texts("billingProducts"))
                .add("marketplace_product_codes", json.texts("marketplaceProductCodes"))
                .add("pending_time", json.text("pendingTime"));
    }

    private static Instant time(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            throw new NotProven(Check.FORMAT, "the document's pendingTime is not a time");
        }
    }
}
