package dev.sallyport.attestation;

import dev.sallyport.core.Invalid;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Certificates in PEM, each after a line {@code # name}. */
final class PemFile {

    private static final int MAX_BYTES = 1 << 20;

    private static final Pattern ENTRY =
            Pattern.compile("#\\s*(?<name>[^\\n]*?)\\s*\\n-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----");

    private PemFile() {}

    /** One of them. */
    record Entry(String name, X509Certificate certificate) {}

    /** A file that ships with the module; a missing or malformed one is a defect of the build. */
    static List<Entry> shipped(String name) {
        try (InputStream file = PemFile.class.getResourceAsStream("certificates/" + name)) {
            if (file == null) {
                throw new IllegalStateException("there is no file " + name);
            }
            return parse(name, new String(file.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A file of the start-up configuration; throws {@link Invalid} with the setting's name. */
    static List<Entry> read(String setting, Path file) {
        try {
            Invalid.unless(Files.size(file) <= MAX_BYTES, setting, file + " is larger than 1 MiB");
            return parse(setting, Files.readString(file));
        } catch (IOException e) {
            throw new Invalid(setting, file + " can't be read");
        }
    }

    private static List<Entry> parse(String setting, String pem) {
        List<Entry> entries = new ArrayList<>();
        Matcher matcher = ENTRY.matcher(pem.replace("\r\n", "\n"));
        while (matcher.find()) {
            entries.add(new Entry(matcher.group("name"), certificate(setting, matcher)));
        }
        Invalid.unless(
                !entries.isEmpty() && entries.size() == pem.split("-----BEGIN ", -1).length - 1,
                setting,
                "must hold certificates in PEM, each after a line with # and its name");
        return List.copyOf(entries);
    }

    private static X509Certificate certificate(String setting, Matcher entry) {
        try {
            byte[] pem = entry.group().getBytes(StandardCharsets.UTF_8);
            int begins = entry.group().indexOf("-----BEGIN");
            return (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(pem, begins, pem.length - begins));
        } catch (CertificateException e) {
            throw new Invalid(setting, "the certificate " + entry.group("name") + " can't be read");
        }
    }
}
