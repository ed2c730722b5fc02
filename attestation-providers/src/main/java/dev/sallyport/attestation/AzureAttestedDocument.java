package dev.sallyport.attestation;

import dev.sallyport.core.Hash;
import dev.sallyport.core.attest.Check;
import dev.sallyport.core.attest.Claims;
import dev.sallyport.core.attest.DocumentEvidence;
import dev.sallyport.core.attest.Verdict.Verified;
import java.security.cert.X509Certificate;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The document that Azure's metadata service signs for a machine, with a challenge of the broker's inside.
 *
 * <p>The challenge was made for the caller's key and works once, so a copy is of no use to anybody else.
 *
 * @param subscriptions the subscriptions that the trust provider speaks for, in lower case
 */
record AzureAttestedDocument(
        List<String> subscriptions,
        AzureSigner signer,
        ChallengeBook challenges,
        java.security.@Nullable Provider crypto)
        implements DocumentAttestor.Appraiser {

    /** The trust provider type. */
    static final String TYPE = "azure-attested-document";

    /** How far Azure's clock may be ahead. */
    private static final Duration SKEW = Duration.ofSeconds(60);

    private static final Pattern ID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("MM/dd/uu HH:mm:ss", Locale.ROOT);
    private static final Pattern UTC = Pattern.compile(" [+-]0000$");

    static boolean isId(String text) {
        return ID.matcher(text).matches();
    }

    @Override
    public Verified verified(DocumentEvidence document, String jkt, Instant now) {
        String signature = document.text("signature");
        NotProven.unless(
                signature != null && "pkcs7".equals(document.text("encoding")),
                Check.FORMAT,
                "the document is not the metadata service's, with encoding pkcs7 and a signature");
        Cms cms = Cms.read(Objects.requireNonNull(signature));
        byte[] content = cms.content();
        SignedJson json = SignedJson.parse(content);
        String subscription = json.text("subscriptionId").toLowerCase(Locale.ROOT);
        NotProven.unless(
                subscriptions.contains(subscription),
                Check.ISSUER,
                "the document's subscription is none that a trust provider accepts");
        NotProven.unless(
                challenges.ends(json.text("nonce"), jkt).isPresent(),
                Check.AUDIENCE,
                "the document's nonce is not a challenge that this broker made for the caller's key within five minutes");
        List<X509Certificate> bag = AzureSigner.bag(cms);
        X509Certificate certificate = AzureSigner.certificate(cms, bag);
        cms.checkSigned(certificate.getPublicKey(), crypto);
        signer.check(certificate, bag, now);
        return verified(json, subscription, Hash.hex(Hash.sha256(content)), now);
    }

    private static Verified verified(SignedJson json, String subscription, String digest, Instant now) {
        SignedJson stamp = json.object("timeStamp");
        Instant created = time(stamp.text("createdOn"));
        Instant expires = time(stamp.text("expiresOn"));
        NotProven.unless(now.isBefore(expires), Check.EXPIRY, "the document has expired");
        NotProven.unless(
                !created.isAfter(now.plus(SKEW)) && created.isBefore(expires),
                Check.ISSUED_AT,
                "the document was made in the future");
        String machine = json.text("vmId").toLowerCase(Locale.ROOT);
        NotProven.unless(isId(machine), Check.SUBJECT, "the document's vmId is not one of a machine");
        return new Verified(
                "/subscriptions/" + subscription + "/vm/" + machine,
                claims(json, subscription, machine),
                created,
                expires,
                digest);
    }

    private static Claims claims(SignedJson json, String subscription, String machine) {
        ClaimList claims = new ClaimList()
                .add("vm_id", machine)
                .add("subscription_id", subscription)
                .add("sku", json.optional("sku"))
                .add("license_type", json.optional("licenseType"));
        if (json.fields().get("plan") != null) {
            SignedJson plan = json.object("plan");
            claims.add("plan_name", plan.optional("name"))
                    .add("plan_product", plan.optional("product"))
                    .add("plan_publisher", plan.optional("publisher"));
        }
        return claims.claims();
    }

    @Override
    public Verified settled(Verified verified, DocumentEvidence document, String jkt, Instant now) {
        String nonce = SignedJson.parse(Cms.read(Objects.requireNonNull(document.text("signature")))
                        .content())
                .text("nonce");
        boolean first = document.once(() -> challenges
                .ends(nonce, jkt)
                .map(ends -> challenges.spend(nonce, ends))
                .orElse(false));
        NotProven.unless(first, Check.AUDIENCE, "the document's challenge has been used before");
        return verified;
    }

    /** Such as {@code 06/25/26 18:56:45 -0000}. */
    private static Instant time(String text) {
        try {
            NotProven.unless(UTC.matcher(text).find(), Check.FORMAT, "a time of the document is not in UTC");
            return LocalDateTime.parse(UTC.matcher(text).replaceFirst(""), TIME).toInstant(ZoneOffset.UTC);
        } catch (DateTimeException e) {
            throw new NotProven(Check.FORMAT, "a time of the document can't be read");
        }
    }
}
