package dev.sallyport.attestation;

import dev.sallyport.core.Hash;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Set;
import org.bouncycastle.asn1.BEROctetString;
import org.bouncycastle.asn1.BERSequence;
import org.bouncycastle.asn1.BERTaggedObject;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.cms.CMSAttributes;
import org.bouncycastle.asn1.cms.CMSObjectIdentifiers;
import org.bouncycastle.asn1.cms.IssuerAndSerialNumber;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;

/** Writes PKCS#7 messages: as platforms do, and as nobody should. */
final class TestCms {

    private byte[] content;
    private byte[] signed;
    private final List<X509Certificate> bag = new ArrayList<>();
    private final List<ASN1Encodable> signers = new ArrayList<>();
    private boolean detached;
    private boolean indefinite;
    private boolean attributes = true;
    private boolean nullParameters = true;
    private String algorithm = "SHA256withRSA";
    private ASN1ObjectIdentifier digest = NISTObjectIdentifiers.id_sha256;
    private ASN1ObjectIdentifier encryption = PKCSObjectIdentifiers.rsaEncryption;
    private ASN1ObjectIdentifier contentType = CMSObjectIdentifiers.data;
    private ASN1ObjectIdentifier typeAttribute = CMSObjectIdentifiers.data;

    private TestCms(byte[] content) {
        this.content = content;
        this.signed = content;
    }

    static TestCms of(String content) {
        return new TestCms(content.getBytes(StandardCharsets.UTF_8));
    }

    static TestCms of(byte[] content) {
        return new TestCms(content);
    }

    TestCms with(X509Certificate certificate) {
        bag.add(certificate);
        return this;
    }

    TestCms withoutAttributes() {
        attributes = false;
        return this;
    }

    TestCms withoutNullParameters() {
        nullParameters = false;
        return this;
    }

    TestCms indefinite() {
        indefinite = true;
        return this;
    }

    TestCms detached() {
        detached = true;
        return this;
    }

    TestCms digestCalled(ASN1ObjectIdentifier name) {
        digest = name;
        return this;
    }

    TestCms by(String signatureAlgorithm, ASN1ObjectIdentifier name) {
        algorithm = signatureAlgorithm;
        encryption = name;
        return this;
    }

    TestCms contentType(ASN1ObjectIdentifier type) {
        contentType = type;
        return this;
    }

    TestCms typeAttribute(ASN1ObjectIdentifier type) {
        typeAttribute = type;
        return this;
    }

    /** After signing: other content under the same signature. */
    TestCms swapped(String other) {
        content = other.getBytes(StandardCharsets.UTF_8);
        return this;
    }

    TestCms signedBy(TestAuthority signer) {
        return signedBy(signer.keys().getPrivate(), signer.certificate());
    }

    /** Signed by a key, in the name of a certificate. */
    TestCms signedBy(PrivateKey key, X509Certificate named) {
        try {
            ASN1EncodableVector info = new ASN1EncodableVector();
            info.add(new ASN1Integer(1));
            info.add(new IssuerAndSerialNumber(
                    X500Name.getInstance(named.getIssuerX500Principal().getEncoded()), named.getSerialNumber()));
            info.add(algorithm(digest));
            byte[] toSign = signed;
            if (attributes) {
                ASN1Set set = new DERSet(vector(
                        attribute(CMSAttributes.contentType, typeAttribute),
                        attribute(CMSAttributes.messageDigest, new DEROctetString(Hash.sha256(signed)))));
                toSign = set.getEncoded(ASN1Encoding.DER);
                info.add(new DERTaggedObject(false, 0, set));
            }
            info.add(algorithm(encryption));
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(toSign);
            info.add(new DEROctetString(signature.sign()));
            signers.add(new DERSequence(info));
            return this;
        } catch (GeneralSecurityException | IOException e) {
            throw new AssertionError(e);
        }
    }

    private DERSequence algorithm(ASN1ObjectIdentifier name) {
        return nullParameters ? new DERSequence(vector(name, DERNull.INSTANCE)) : new DERSequence(vector(name));
    }

    private static DERSequence attribute(ASN1ObjectIdentifier name, ASN1Encodable value) {
        return new DERSequence(vector(name, new DERSet(value)));
    }

    private static ASN1EncodableVector vector(ASN1Encodable... all) {
        ASN1EncodableVector vector = new ASN1EncodableVector();
        vector.addAll(all);
        return vector;
    }

    byte[] encoded() {
        try {
            ASN1EncodableVector inside = vector(contentType);
            if (!detached) {
                ASN1Primitive octets = indefinite ? new BEROctetString(content) : new DEROctetString(content);
                inside.add(indefinite ? new BERTaggedObject(0, octets) : new DERTaggedObject(0, octets));
            }
            ASN1EncodableVector data = vector(
                    new ASN1Integer(1),
                    new DERSet(algorithm(digest)),
                    indefinite ? new BERSequence(inside) : new DERSequence(inside));
            if (!bag.isEmpty()) {
                data.add(new DERTaggedObject(false, 0, new DERSet(certificates())));
            }
            data.add(new DERSet(signers.toArray(ASN1Encodable[]::new)));
            ASN1Encodable whole = indefinite ? new BERSequence(data) : new DERSequence(data);
            ASN1EncodableVector message = vector(
                    CMSObjectIdentifiers.signedData,
                    indefinite ? new BERTaggedObject(0, whole) : new DERTaggedObject(0, whole));
            return indefinite
                    ? new BERSequence(message).getEncoded(ASN1Encoding.BER)
                    : new DERSequence(message).getEncoded();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private ASN1Encodable[] certificates() throws IOException {
        List<ASN1Encodable> encoded = new ArrayList<>();
        for (X509Certificate each : bag) {
            try {
                encoded.add(ASN1Primitive.fromByteArray(each.getEncoded()));
            } catch (CertificateEncodingException e) {
                throw new AssertionError(e);
            }
        }
        return encoded.toArray(ASN1Encodable[]::new);
    }

    /** As AWS's metadata service writes it: base64 in lines. */
    String base64() {
        return Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded());
    }

    String pem() {
        return "-----BEGIN PKCS7-----\n" + base64() + "\n-----END PKCS7-----\n";
    }
}
