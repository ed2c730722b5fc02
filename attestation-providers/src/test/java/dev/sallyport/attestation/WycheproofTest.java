package dev.sallyport.attestation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jose.util.JSONObjectUtils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Runs Project Wycheproof's JWS vectors through key choice and verifiers, where a copy of them lies beside the repository.
 *
 * <p>Their payloads are no JWT claims, hence not through {@code Evidence}. Not expected to verify: HMAC keys, which are
 * never accepted, and the vectors that call a signature valid under a key whose own {@code alg} says otherwise.
 */
class WycheproofTest {

    private static final String FILE = "shared/data/jose/wycheproof_json_web_signature_test.json";
    private static final Pattern COMPACT = Pattern.compile("[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]*\\.[A-Za-z0-9_-]*");

    /** The token says PS384 and ES512, the key PS256 and the misspelt ES521. */
    private static final Set<Long> OTHER_ALG_THAN_THE_KEYS = Set.of(346L, 347L, 350L, 351L);

    private record Vector(long id, String jws, boolean valid, Map<String, Object> key, String about) {}

    @Test
    void no_invalid_signature_verifies_and_every_valid_one_of_a_supported_key_does() throws Exception {
        Path file = find();
        assumeTrue(file != null, "no " + FILE + " in any directory above");
        List<Vector> vectors = vectors(file);

        List<Vector> verifying = vectors.stream()
                .filter(Vector::valid)
                .filter(WycheproofTest::supported)
                .toList();
        assertThat(verifying).hasSizeGreaterThan(25);
        for (Vector vector : vectors) {
            boolean expected = verifying.contains(vector);
            assertThat(verifies(vector)).as(vector.id() + " " + vector.about()).isEqualTo(expected);
        }
    }

    private static boolean supported(Vector vector) {
        return !"oct".equals(vector.key().get("kty")) && !OTHER_ALG_THAN_THE_KEYS.contains(vector.id());
    }

    private static boolean verifies(Vector vector) {
        if (!COMPACT.matcher(vector.jws()).matches()) {
            return false;
        }
        String[] parts = vector.jws().split("\\.", -1);
        try {
            JWSHeader header = JWSHeader.parse(new Base64URL(parts[0]));
            boolean plain = header.getCriticalParams() == null && header.isBase64URLEncodePayload();
            KeySet keys = KeySet.of(Map.of("keys", List.of(vector.key())), null);
            return plain
                    && Algorithms.ALLOWED.contains(header.getAlgorithm())
                    && keys.match(header) instanceof Match.Found(var key)
                    && key.verifier()
                            .verify(header, TestToken.ascii(parts[0] + "." + parts[1]), new Base64URL(parts[2]));
        } catch (ParseException | IllegalArgumentException | JOSEException e) {
            return false;
        }
    }

    private static List<Vector> vectors(Path file) throws ParseException, IOException {
        List<Vector> vectors = new ArrayList<>();
        Map<String, Object> json = JSONObjectUtils.parse(Files.readString(file));
        for (Map<String, Object> group : JSONObjectUtils.getJSONObjectArray(json, "testGroups")) {
            String keyName = group.containsKey("public") ? "public" : "private";
            for (Map<String, Object> test : JSONObjectUtils.getJSONObjectArray(group, "tests")) {
                vectors.add(new Vector(
                        JSONObjectUtils.getLong(test, "tcId"),
                        test.get("jws") instanceof String compact ? compact : "",
                        "valid".equals(test.get("result")),
                        JSONObjectUtils.getJSONObject(group, keyName),
                        String.valueOf(test.get("comment"))));
            }
        }
        return vectors;
    }

    private static @Nullable Path find() {
        return Stream.iterate(Path.of("").toAbsolutePath(), directory -> directory != null, Path::getParent)
                .map(directory -> directory.resolve(FILE))
                .filter(Files::exists)
                .findFirst()
                .orElse(null);
    }
}
