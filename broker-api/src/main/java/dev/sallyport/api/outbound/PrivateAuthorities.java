package dev.sallyport.api.outbound;

import dev.sallyport.core.Invalid;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Collection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Certificate authorities that are trusted beside the platform's, for fetching keys and for nothing else. */
public record PrivateAuthorities(SSLContext tls) {

    private static final String FIELD = "outbound-ca";

    /** Reads a PEM file; null for null. Throws {@link Invalid} where it can't be read or holds no certificate. */
    public static @Nullable PrivateAuthorities read(@Nullable Path pem) {
        if (pem == null) {
            return null;
        }
        try (InputStream file = Files.newInputStream(pem)) {
            Collection<? extends Certificate> own =
                    CertificateFactory.getInstance("X.509").generateCertificates(file);
            Invalid.unless(!own.isEmpty(), FIELD, pem + " holds no certificate");
            return new PrivateAuthorities(tls(own));
        } catch (IOException e) {
            throw new Invalid(FIELD, pem + " does not exist or can't be read");
        } catch (GeneralSecurityException e) {
            throw new Invalid(FIELD, pem + " does not hold certificates in PEM");
        }
    }

    private static SSLContext tls(Collection<? extends Certificate> own) throws GeneralSecurityException, IOException {
        KeyStore all = KeyStore.getInstance(KeyStore.getDefaultType());
        all.load(null, null);
        int number = 0;
        for (X509Certificate authority : platforms()) {
            all.setCertificateEntry("platform-" + number++, authority);
        }
        for (Certificate authority : own) {
            all.setCertificateEntry("own-" + number++, authority);
        }
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(null, trust(all), null);
        return tls;
    }

    private static X509Certificate[] platforms() throws GeneralSecurityException {
        return Arrays.stream(trust(null))
                .filter(X509TrustManager.class::isInstance)
                .flatMap(each -> Arrays.stream(((X509TrustManager) each).getAcceptedIssuers()))
                .toArray(X509Certificate[]::new);
    }

    /** Null stands for what the platform trusts. */
    private static TrustManager[] trust(@Nullable KeyStore authorities) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(authorities);
        return factory.getTrustManagers();
    }
}
