package dev.sallyport.api.ctl;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.text.ParseException;
import java.time.Instant;
import java.util.Date;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The caller's own key, which its tokens are bound to (RFC 9449): a private JWK on P-256 in a file. */
final class ProofKey {

    private static final int MOST = 16 * 1024;

    private final ECKey key;

    private ProofKey(ECKey key) {
        this.key = key;
    }

    /** The key in the file; made, for its owner's eyes only, where there is no such file. */
    static ProofKey in(Path file) throws Failure {
        try {
            if (!Files.exists(file)) {
                write(
                        file,
                        new ECKeyGenerator(Curve.P_256)
                                .keyIDFromThumbprint(true)
                                .generate());
            }
            ECKey key = Files.size(file) > MOST ? null : ECKey.parse(Files.readString(file));
            if (key != null && key.isPrivate() && Curve.P_256.equals(key.getCurve())) {
                return new ProofKey(key);
            }
        } catch (IOException e) {
            throw Failure.badInput("--dpop: " + file + " can't be read or written");
        } catch (ParseException | JOSEException e) {
            // Told below.
        }
        throw Failure.badInput("--dpop: " + file + " does not hold a private JWK on P-256");
    }

    private static void write(Path file, ECKey key) throws IOException {
        Set<StandardOpenOption> fresh = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        var owner = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        try (var channel = Files.newByteChannel(file, fresh, owner)) {
            channel.write(ByteBuffer.wrap(key.toJSONString().getBytes(StandardCharsets.UTF_8)));
        }
    }

    /** A proof for one request (section 4.2). */
    String proof(String method, String uri, @Nullable String nonce, Instant now) throws Failure {
        JWTClaimsSet.Builder claims = new JWTClaimsSet.Builder()
                .jwtID(UUID.randomUUID().toString())
                .claim("htm", method)
                .claim("htu", uri)
                .issueTime(Date.from(now));
        if (nonce != null) {
            claims.claim("nonce", nonce);
        }
        SignedJWT proof = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.ES256)
                        .type(new JOSEObjectType("dpop+jwt"))
                        .jwk(key.toPublicJWK())
                        .build(),
                claims.build());
        try {
            proof.sign(new ECDSASigner(key));
            return proof.serialize();
        } catch (JOSEException e) {
            throw Failure.badInput("--dpop: the key does not sign");
        }
    }

    /** Without the key. */
    @Override
    public String toString() {
        return "key for DPoP";
    }
}
