package dev.sallyport.attestation;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** A key of a test's platform; signs with the JDK alone, so that nothing is verified by the code that signed it. */
record TestKey(String kid, JWSAlgorithm algorithm, KeyPair pair) {

    static TestKey of(String kid, JWSAlgorithm algorithm) {
        return new TestKey(kid, algorithm, pair(algorithm, 2048));
    }

    static TestKey rsa(String kid, int bits) {
        return new TestKey(kid, JWSAlgorithm.RS256, pair(JWSAlgorithm.RS256, bits));
    }

    /** The public key with {@code kid}, {@code alg} and {@code use}. */
    Map<String, Object> jwk() {
        Map<String, Object> jwk = new HashMap<>(publicKey().toJSONObject());
        jwk.put("kid", kid);
        jwk.put("alg", algorithm.getName());
        jwk.put("use", "sig");
        return jwk;
    }

    /** The public key with nothing but {@code kid}. */
    Map<String, Object> bareJwk() {
        Map<String, Object> jwk = jwk();
        jwk.remove("alg");
        jwk.remove("use");
        return jwk;
    }

    byte[] sign(JWSAlgorithm with, byte[] input) {
        try {
            Signature signature = Signature.getInstance(jca(with));
            if (with.getName().startsWith("PS")) {
                int bits = Integer.parseInt(with.getName().substring(2));
                signature.setParameter(
                        new PSSParameterSpec("SHA-" + bits, "MGF1", new MGF1ParameterSpec("SHA-" + bits), bits / 8, 1));
            }
            signature.initSign(pair.getPrivate());
            signature.update(input);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private JWK publicKey() {
        return switch (pair.getPublic()) {
            case RSAPublicKey rsa -> new RSAKey.Builder(rsa).build();
            case ECPublicKey ec ->
                new ECKey.Builder(Curve.forJWSAlgorithm(algorithm).iterator().next(), ec).build();
            default -> {
                byte[] encoded = pair.getPublic().getEncoded();
                byte[] raw = Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
                yield new OctetKeyPair.Builder(Curve.Ed25519, Base64URL.encode(raw)).build();
            }
        };
    }

    private static String jca(JWSAlgorithm algorithm) {
        String bits = algorithm.getName().substring(2);
        return switch (algorithm.getName().substring(0, 2)) {
            case "RS" -> "SHA" + bits + "withRSA";
            case "PS" -> "RSASSA-PSS";
            case "ES" -> "SHA" + bits + "withECDSAinP1363Format";
            default -> "Ed25519";
        };
    }

    private static KeyPair pair(JWSAlgorithm algorithm, int rsaBits) {
        try {
            return switch (algorithm.getName().substring(0, 2)) {
                case "RS", "PS" -> generated("RSA", rsaBits);
                case "ES" -> {
                    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
                    generator.initialize(new ECGenParameterSpec(
                            Curve.forJWSAlgorithm(algorithm).iterator().next().getStdName()));
                    yield generator.generateKeyPair();
                }
                default -> KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            };
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static KeyPair generated(String algorithm, int bits) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
        generator.initialize(bits);
        return generator.generateKeyPair();
    }
}
