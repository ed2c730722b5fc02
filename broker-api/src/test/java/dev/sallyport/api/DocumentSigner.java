package dev.sallyport.api;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.jcajce.JcaCertStore;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedDataGenerator;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoGeneratorBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/** Signs documents as a cloud's metadata service does. */
record DocumentSigner(String name, KeyPair keys, X509Certificate certificate) {

    static DocumentSigner root(String name) {
        return issued(name, null);
    }

    DocumentSigner host(String dnsName) {
        return issued(dnsName, this);
    }

    private static DocumentSigner issued(String name, @Nullable DocumentSigner by) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            KeyPair keys = generator.generateKeyPair();
            Instant now = Instant.now();
            X500Name subject = new X500Name("CN=" + name);
            JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                    by == null ? subject : new X500Name("CN=" + by.name),
                    BigInteger.ONE,
                    Date.from(now.minus(Duration.ofDays(1))),
                    Date.from(now.plus(Duration.ofDays(1))),
                    subject,
                    keys.getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(by == null));
            if (by != null) {
                builder.addExtension(
                        Extension.subjectAlternativeName,
                        false,
                        new GeneralNames(new GeneralName(GeneralName.dNSName, name)));
                builder.addExtension(
                        Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
            }
            KeyPair issuer = by == null ? keys : by.keys;
            return new DocumentSigner(
                    name,
                    keys,
                    new JcaX509CertificateConverter()
                            .getCertificate(builder.build(
                                    new JcaContentSignerBuilder("SHA256withRSA").build(issuer.getPrivate()))));
        } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
            throw new AssertionError(e);
        }
    }

    /** A PKCS#7 message with the content and the signer's certificate inside, in base64. */
    String sign(String content) {
        try {
            CMSSignedDataGenerator generator = new CMSSignedDataGenerator();
            generator.addSignerInfoGenerator(
                    new JcaSimpleSignerInfoGeneratorBuilder().build("SHA256withRSA", keys.getPrivate(), certificate));
            generator.addCertificates(new JcaCertStore(List.of(certificate)));
            byte[] utf8 = content.getBytes(StandardCharsets.UTF_8);
            return Base64.getEncoder()
                    .encodeToString(generator
                            .generate(new CMSProcessableByteArray(utf8), true)
                            .getEncoded());
        } catch (CMSException | IOException | GeneralSecurityException | OperatorCreationException e) {
            throw new AssertionError(e);
        }
    }

    /** A file with its certificate, as the broker's start-up options take it. */
    Path file(Path file) {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter pem = new JcaPEMWriter(text)) {
            pem.write("# " + name + "\n");
            pem.writeObject(certificate);
            pem.flush();
            return Files.writeString(file, text.toString());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
