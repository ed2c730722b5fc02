package dev.sallyport.attestation;

import dev.sallyport.core.Hash;
import dev.sallyport.core.attest.Check;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Set;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.cms.Attribute;
import org.bouncycastle.asn1.cms.CMSAttributes;
import org.bouncycastle.asn1.cms.CMSObjectIdentifiers;
import org.bouncycastle.asn1.cms.ContentInfo;
import org.bouncycastle.asn1.cms.SignedData;
import org.bouncycastle.asn1.cms.SignerIdentifier;
import org.bouncycastle.asn1.cms.SignerInfo;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.jspecify.annotations.Nullable;

/**
 * A PKCS#7 message with one signer and the content inside (RFC 5652): read and bounded, not yet believed.
 *
 * <p>Only RSA with SHA-256 exists here. Whose key it must be is the caller's to say: certificates that the message brings along
 * are kept as bytes, and nothing is believed of them.
 */
final class Cms {

    /** The largest message, in bytes. */
    static final int MAX_BYTES = 16 * 1024;

    /** In base64 with armour and line ends. */
    private static final int MAX_CHARACTERS = 2 * MAX_BYTES;

    private static final int MAX_CERTIFICATES = 8;
    private static final int KEY_BITS = 2048;
    private static final int MAX_KEY_BITS = 8192;

    /** A message brings its signer's key, and a long exponent only costs time. */
    private static final int MAX_EXPONENT_BITS = 32;

    private static final Pattern ARMOUR = Pattern.compile("-----(BEGIN|END) (PKCS7|CMS)-----");
    private static final Pattern SPACE = Pattern.compile("\\s+");

    /** Azure names the digest by the signature algorithm it goes with. */
    private static final Set<ASN1ObjectIdentifier> DIGESTS =
            Set.of(NISTObjectIdentifiers.id_sha256, PKCSObjectIdentifiers.sha256WithRSAEncryption);

    private static final Set<ASN1ObjectIdentifier> SIGNATURES =
            Set.of(PKCSObjectIdentifiers.rsaEncryption, PKCSObjectIdentifiers.sha256WithRSAEncryption);

    private final byte[] content;
    private final SignerInfo signer;
    private final List<byte[]> certificates;

    private Cms(byte[] content, SignerInfo signer, List<byte[]> certificates) {
        this.content = content;
        this.signer = signer;
        this.certificates = certificates;
    }

    /** Reads base64, with line ends and PEM armour or without; throws {@link NotProven} for what is not such a message. */
    static Cms read(String text) {
        NotProven.unless(text.length() <= MAX_CHARACTERS, Check.FORMAT, "the PKCS#7 message is too large");
        try {
            String base64 = SPACE.matcher(ARMOUR.matcher(text).replaceAll("")).replaceAll("");
            return read(Base64.getDecoder().decode(base64));
        } catch (IllegalArgumentException e) {
            throw new NotProven(Check.FORMAT, "the PKCS#7 message is not in base64, or not well-formed");
        }
    }

    private static Cms read(byte[] ber) {
        NotProven.unless(
                ber.length <= MAX_BYTES && BerShape.fits(ber),
                Check.FORMAT,
                "the PKCS#7 message is not one BER element of at most " + MAX_BYTES + " bytes");
        try {
            ContentInfo info = ContentInfo.getInstance(ASN1Primitive.fromByteArray(ber));
            NotProven.unless(
                    CMSObjectIdentifiers.signedData.equals(info.getContentType()),
                    Check.FORMAT,
                    "the PKCS#7 message is not signed data");
            return read(SignedData.getInstance(info.getContent()));
        } catch (IOException | IllegalStateException | ClassCastException e) {
            throw new NotProven(Check.FORMAT, "the PKCS#7 message is not well-formed");
        }
    }

    private static Cms read(SignedData data) throws IOException {
        ContentInfo inside = data.getEncapContentInfo();
        NotProven.unless(
                CMSObjectIdentifiers.data.equals(inside.getContentType())
                        && inside.getContent() instanceof ASN1OctetString,
                Check.FORMAT,
                "the PKCS#7 message does not have the document inside, as plain data");
        NotProven.unless(
                data.getSignerInfos().size() == 1, Check.FORMAT, "the PKCS#7 message does not have exactly one signer");
        SignerInfo signer = SignerInfo.getInstance(data.getSignerInfos().getObjectAt(0));
        checkAlgorithms(signer);
        return new Cms(
                ((ASN1OctetString) inside.getContent()).getOctets(), signer, certificates(data.getCertificates()));
    }

    private static void checkAlgorithms(SignerInfo signer) {
        NotProven.unless(
                DIGESTS.contains(signer.getDigestAlgorithm().getAlgorithm())
                        && SIGNATURES.contains(
                                signer.getDigestEncryptionAlgorithm().getAlgorithm())
                        && plain(signer.getDigestAlgorithm())
                        && plain(signer.getDigestEncryptionAlgorithm()),
                Check.ALGORITHM,
                "the PKCS#7 message is not signed by RSA with SHA-256");
    }

    /** Without parameters: NULL, or none at all, as platforms write either. */
    private static boolean plain(AlgorithmIdentifier algorithm) {
        return algorithm.getParameters() == null || DERNull.INSTANCE.equals(algorithm.getParameters());
    }

    private static List<byte[]> certificates(@Nullable ASN1Set bag) throws IOException {
        List<byte[]> certificates = new ArrayList<>();
        if (bag == null) {
            return certificates;
        }
        NotProven.unless(bag.size() <= MAX_CERTIFICATES, Check.FORMAT, "the PKCS#7 message has too many certificates");
        for (ASN1Encodable each : bag) {
            certificates.add(each.toASN1Primitive().getEncoded(ASN1Encoding.DER));
        }
        return certificates;
    }

    /** What is signed, once {@link #checkSigned} has been passed; never anything that came beside it. */
    byte[] content() {
        return content.clone();
    }

    /** The certificates of the message, in DER: whoever made it chose them. */
    List<byte[]> certificates() {
        return certificates;
    }

    /** How the message names its signer's certificate. */
    SignerIdentifier signer() {
        return signer.getSID();
    }

    /**
     * Throws unless the content was signed by the key.
     *
     * @param crypto the cryptography to verify with; null for the JDK's
     */
    void checkSigned(PublicKey key, @Nullable Provider crypto) {
        NotProven.unless(
                key instanceof RSAPublicKey rsa
                        && rsa.getModulus().bitLength() >= KEY_BITS
                        && rsa.getModulus().bitLength() <= MAX_KEY_BITS
                        && rsa.getPublicExponent().bitLength() <= MAX_EXPONENT_BITS,
                Check.ALGORITHM,
                "the signer's key is not an RSA key of " + KEY_BITS + " bits or more with a usual exponent");
        try {
            Signature signature = crypto == null
                    ? Signature.getInstance("SHA256withRSA")
                    : Signature.getInstance("SHA256withRSA", crypto);
            signature.initVerify(key);
            signature.update(signed());
            NotProven.unless(
                    signature.verify(signer.getEncryptedDigest().getOctets()),
                    Check.SIGNATURE,
                    "the document's signature does not verify");
        } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
            throw new NotProven(Check.SIGNATURE, "the document's signature does not verify");
        }
    }

    /** RFC 5652 section 5.4: the content itself, or attributes that hold its digest. */
    private byte[] signed() throws IOException {
        ASN1Set attributes = signer.getAuthenticatedAttributes();
        if (attributes == null) {
            return content;
        }
        ASN1Encodable type = only(attributes, CMSAttributes.contentType);
        ASN1Encodable digest = only(attributes, CMSAttributes.messageDigest);
        NotProven.unless(
                CMSObjectIdentifiers.data.equals(type)
                        && digest instanceof ASN1OctetString octets
                        && MessageDigest.isEqual(octets.getOctets(), Hash.sha256(content)),
                Check.SIGNATURE,
                "the signed attributes are not those of the document");
        return attributes.getEncoded(ASN1Encoding.DER);
    }

    /** The value of an attribute that is there once and has one value. */
    private static @Nullable ASN1Encodable only(ASN1Set attributes, ASN1ObjectIdentifier type) {
        ASN1Encodable value = null;
        for (ASN1Encodable each : attributes) {
            Attribute attribute = Attribute.getInstance(each);
            if (type.equals(attribute.getAttrType())) {
                if (value != null || attribute.getAttrValues().size() != 1) {
                    return null;
                }
                value = attribute.getAttrValues().getObjectAt(0);
            }
        }
        return value;
    }

    @Override
    public String toString() {
        return "Cms[redacted]";
    }
}
