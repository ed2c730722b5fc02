package dev.sallyport.api.peer;

import com.nimbusds.jose.util.Base64URL;
import dev.sallyport.core.Hash;
import dev.sallyport.core.Invalid;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the header in which a proxy passes on its client's certificate: {@code :base64:} of RFC 9440 section 2.2, or PEM with
 * percent-encoding as NGINX has it in {@code $ssl_client_escaped_cert}.
 */
final class CertificateHeader {

    private static final Pattern STRUCTURED = Pattern.compile(":([A-Za-z0-9+/]+={0,2}):");
    private static final Pattern PEM =
            Pattern.compile("-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\\s]+)-----END CERTIFICATE-----\\s*");
    private static final Pattern ESCAPE = Pattern.compile("%([0-9A-Fa-f]{2})");

    private final String name;

    /**
     * Reads the header of a name.
     *
     * @param name such as {@code Client-Cert}
     */
    CertificateHeader(String name) {
        Invalid.unless(
                name.matches("[A-Za-z0-9-]{1,64}"), "client-certificate-header", "must be a name such as Client-Cert");
        this.name = name;
    }

    String name() {
        return name;
    }

    /**
     * The thumbprint of the certificate; null where the proxy passes none on.
     *
     * @throws Invalid when there is more than one, or something else
     */
    @Nullable
    String thumbprint(List<String> headers) {
        Invalid.unless(headers.size() <= 1, name, "there is more than one such header");
        String header = headers.isEmpty() ? "" : headers.getFirst().strip();
        return header.isEmpty() ? null : thumbprint(certificate(header));
    }

    /** SHA-256 of a certificate in base64url: {@code x5t#S256}. */
    static String thumbprint(X509Certificate certificate) {
        try {
            return Base64URL.encode(Hash.sha256(certificate.getEncoded())).toString();
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("a certificate that was read has an encoding", e);
        }
    }

    private X509Certificate certificate(String header) {
        try {
            byte[] der = der(header);
            X509Certificate certificate = (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
            if (Arrays.equals(certificate.getEncoded(), der)) {
                return certificate;
            }
        } catch (CertificateException | IllegalArgumentException e) {
            // told below, without what it holds
        }
        throw new Invalid(name, "it is not one certificate as RFC 9440 or NGINX write it");
    }

    private static byte[] der(String header) {
        Matcher structured = STRUCTURED.matcher(header);
        if (structured.matches()) {
            return Base64.getDecoder().decode(structured.group(1));
        }
        String text = ESCAPE.matcher(header)
                .replaceAll(escape ->
                        Matcher.quoteReplacement(String.valueOf((char) Integer.parseInt(escape.group(1), 16))));
        Matcher pem = PEM.matcher(text);
        if (!pem.matches()) {
            throw new IllegalArgumentException("neither form");
        }
        return Base64.getMimeDecoder().decode(pem.group(1).getBytes(StandardCharsets.US_ASCII));
    }
}
