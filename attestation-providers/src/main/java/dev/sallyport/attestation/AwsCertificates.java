package dev.sallyport.attestation;

import dev.sallyport.core.Invalid;
import java.nio.file.Path;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The keys by which AWS signs instance identity documents, one for each region.
 *
 * <p>They are pinned: AWS publishes self-signed certificates that no authority vouches for, and no message brings its own.
 */
public final class AwsCertificates {

    private static final String SETTING = "aws-certificates";
    private static final int KEY_BITS = 2048;

    private final Map<String, PublicKey> byRegion;

    private AwsCertificates(List<PemFile.Entry> entries) {
        Map<String, PublicKey> keys = new HashMap<>();
        for (PemFile.Entry entry : entries) {
            PublicKey key = entry.certificate().getPublicKey();
            Invalid.unless(
                    key instanceof RSAPublicKey rsa && rsa.getModulus().bitLength() >= KEY_BITS,
                    SETTING,
                    entry.name() + " is not an RSA certificate of " + KEY_BITS + " bits");
            Invalid.unless(AwsRegion.is(entry.name()), SETTING, entry.name() + " is not the name of a region");
            Invalid.unless(keys.put(entry.name(), key) == null, SETTING, entry.name() + " is there twice");
        }
        this.byRegion = Map.copyOf(keys);
    }

    /** Those that ship with the broker. */
    public static AwsCertificates shipped() {
        return new AwsCertificates(PemFile.shipped("aws-rsa2048.pem"));
    }

    /** Those of a file instead: PEM, each after a line with {@code #} and its region. Throws {@link Invalid}. */
    public static AwsCertificates read(Path file) {
        return new AwsCertificates(PemFile.read(SETTING, file));
    }

    /** The key of a region, or null. */
    @Nullable
    PublicKey key(String region) {
        return byRegion.get(region);
    }

    boolean knows(String region) {
        return byRegion.containsKey(region);
    }
}
