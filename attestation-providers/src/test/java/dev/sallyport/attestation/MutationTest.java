package dev.sallyport.attestation;

import static dev.sallyport.attestation.TestIssuer.EC;
import static dev.sallyport.attestation.TestIssuer.ED;
import static dev.sallyport.attestation.TestIssuer.OIDC;
import static dev.sallyport.attestation.TestIssuer.RSA;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.Invalid;
import dev.sallyport.core.attest.Attestor;
import dev.sallyport.core.attest.Evidence;
import dev.sallyport.core.attest.SpiffeId;
import dev.sallyport.core.attest.Verdict.Rejected;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What strangers send, altered at random: readers say what they may say, and throw nothing else. */
class MutationTest {

    private static final int ROUNDS = 5_000;

    /** What parsers stumble over. */
    private static final List<String> PIECES = List.of(
            "\"",
            "\\",
            "{",
            "}",
            "[",
            "]",
            ":",
            ",",
            "null",
            "true",
            "-1",
            "1e999",
            "9".repeat(400),
            "\0",
            "\u00e9",
            "\ud800",
            "\\u0000",
            "\\ud800",
            "\"keys\"",
            "\"kid\"",
            "\"use\":",
            "\"jwt-svid\"",
            "\"x5c\":[\"AA\"]",
            "~",
            "~2",
            "/",
            "//",
            ".",
            "..",
            "-",
            "_",
            "=",
            " ",
            "\n",
            "A".repeat(300),
            "[".repeat(2000),
            "{\"a\":".repeat(500));

    private static final String[] TOKENS = {
        OIDC.token().signedBy(RSA).compact(),
        OIDC.token().signedBy(EC).compact(),
        OIDC.token().signedBy(ED).compact()
    };

    private final Random random = new Random(20261124);

    @Test
    void no_token_makes_an_attestor_throw_and_none_that_was_altered_is_accepted() {
        Attestor attestor = OIDC.attestor();
        for (int i = 0; i < ROUNDS; i++) {
            String good = TOKENS[i % 3];
            String altered = mutated(good);
            if (!altered.equals(good)) {
                assertThat(attestor.attest(Evidence.jwt(altered))).isInstanceOf(Rejected.class);
            }
        }
    }

    @Test
    void a_signed_payload_of_any_shape_is_answered() {
        Attestor attestor = OIDC.attestor();
        TestToken token = OIDC.token().signedBy(ED);
        for (int i = 0; i < ROUNDS; i++) {
            assertThat(attestor.attest(Evidence.jwt(token.compact(mutated(token.payload())))))
                    .isNotNull();
        }
    }

    @Test
    void a_key_set_or_a_bundle_of_any_shape_is_read_or_refused() {
        String jwks = FakeFetch.jwks(RSA, EC, ED);
        String bundle = "{\"spiffe_sequence\":7,\"spiffe_refresh_hint\":300,"
                + jwks.replace("\"sig\"", "\"jwt-svid\"").substring(1);
        for (int i = 0; i < ROUNDS; i++) {
            read(KeyFormat.JWKS, mutated(jwks));
            read(KeyFormat.SPIFFE_BUNDLE, mutated(bundle));
        }
    }

    private static void read(KeyFormat format, String document) {
        try {
            KeySet keys = format.read(Json.object(document.getBytes(StandardCharsets.UTF_8)), null);
            assertThat(keys.fresh()).isBetween(SpiffeBundle.SHORTEST, SpiffeBundle.LONGEST);
        } catch (ParseException e) {
            assertThat(e.getMessage()).isNotNull();
        }
    }

    @Test
    void a_pointer_of_any_shape_leads_somewhere_nowhere_or_is_refused() {
        Map<String, Object> payload =
                Map.of("a", Map.of("b", List.of("x", Map.of("c", 1L))), "", Map.of("", "y"), "~", "z");
        for (int i = 0; i < ROUNDS; i++) {
            String pointer =
                    mutated(List.of("/a/b/1/c", "/a/b/0", "//", "/~0", "a").get(i % 5));
            try {
                Object found = ClaimName.of("claims", pointer).in(payload);
                assertThat(found == null || !found.toString().isEmpty()).isTrue();
            } catch (Invalid e) {
                assertThat(e.field()).isEqualTo("claims");
            }
        }
    }

    @Test
    void a_spiffe_id_of_any_shape_is_one_in_its_one_spelling_or_none() {
        for (int i = 0; i < ROUNDS; i++) {
            String id = mutated("spiffe://example.org/ns/billing/sa/bot");
            assertThat(SpiffeId.read(id).map(SpiffeId::toString).orElse(id)).isEqualTo(id);
        }
    }

    /** One to four pieces are inserted, removed, doubled or replaced. */
    private String mutated(String text) {
        StringBuilder altered = new StringBuilder(text);
        for (int i = random.nextInt(4); i >= 0; i--) {
            int from = random.nextInt(altered.length() + 1);
            int to = Math.min(altered.length(), from + random.nextInt(12));
            switch (random.nextInt(5)) {
                case 0 -> altered.delete(from, to);
                case 1 -> altered.insert(from, PIECES.get(random.nextInt(PIECES.size())));
                case 2 -> altered.insert(from, altered.substring(from, to));
                case 3 -> altered.replace(from, to, PIECES.get(random.nextInt(PIECES.size())));
                default -> flip(altered, from);
            }
        }
        return altered.toString();
    }

    private void flip(StringBuilder text, int at) {
        if (at < text.length()) {
            text.setCharAt(at, (char) (text.charAt(at) ^ (1 << random.nextInt(7))));
        }
    }
}
