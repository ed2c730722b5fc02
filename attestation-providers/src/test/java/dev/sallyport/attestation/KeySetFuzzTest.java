package dev.sallyport.attestation;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.nimbusds.jose.jwk.JWK;
import dev.sallyport.attestation.JwksEntry.Usable;
import dev.sallyport.core.jwt.StrictJson;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.List;
import java.util.Map;

/** Key sets and bundles of any kind. */
class KeySetFuzzTest {

    @FuzzTest
    void a_key_set_holds_public_keys_that_are_the_same_when_written_anew(byte[] input) throws ParseException {
        check(KeyFormat.JWKS, input);
    }

    @FuzzTest
    void a_bundle_holds_public_keys_that_are_the_same_when_written_anew(byte[] input) throws ParseException {
        check(KeyFormat.SPIFFE_BUNDLE, input);
    }

    private static void check(KeyFormat format, byte[] input) throws ParseException {
        KeySet keys;
        try {
            keys = format.read(StrictJson.object(input), null);
        } catch (ParseException e) {
            assertThat(e.getMessage()).isNotEmpty();
            return;
        }
        assertThat(keys.entries()).hasSizeLessThanOrEqualTo(KeySet.MAX_KEYS);
        assertThat(keys.fresh()).isBetween(SpiffeBundle.SHORTEST, SpiffeBundle.LONGEST);
        for (JwksEntry entry : keys.entries()) {
            if (entry instanceof Usable(JWK jwk, var _)) {
                assertThat(jwk.isPrivate()).isFalse();
                String again = "{\"keys\":[" + jwk.toJSONString() + "]}";
                KeySet written = KeySet.of(StrictJson.object(again.getBytes(StandardCharsets.UTF_8)), null);
                assertThat(keys.thumbprints()).containsAll(written.thumbprints());
            }
        }
    }

    /** A key by itself, so that there is less to guess. */
    @FuzzTest
    void an_entry_of_any_shape_is_a_key_or_told_to_be_none(byte[] input) {
        try {
            Map<String, Object> key = StrictJson.object(input);
            JwksEntry entry = JwksEntry.read(key, null);
            assertThat(entry.kid()).isEqualTo(key.get("kid") instanceof String kid ? kid : null);
            assertThat(KeySet.ofAny(List.of(key), null).isEmpty()).isEqualTo(!(entry instanceof Usable));
        } catch (ParseException e) {
            assertThat(e.getMessage()).isNotEmpty();
        }
    }
}
