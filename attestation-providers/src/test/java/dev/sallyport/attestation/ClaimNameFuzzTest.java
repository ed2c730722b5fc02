package dev.sallyport.attestation;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.sallyport.core.Invalid;
import dev.sallyport.core.attest.Claims;
import dev.sallyport.core.jwt.StrictJson;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Names of claims and claims of any kind: a name, a line end, a JSON object. */
class ClaimNameFuzzTest {

    @FuzzTest
    void a_pointer_finds_what_it_names(byte[] input) {
        String[] parts = new String(input, StandardCharsets.UTF_8).split("\n", 2);
        Map<String, Object> payload = object(parts[parts.length - 1]);
        try {
            ClaimName name = ClaimName.of("claims", parts[0]);
            Object found = name.in(payload);
            assertThat(found).isEqualTo(parts[0].startsWith("/") ? at(payload, parts[0]) : payload.get(parts[0]));
            assertThat(pointer(name)).isEqualTo(parts[0]);
            assertThat(name.within(name)).isTrue();
        } catch (Invalid e) {
            assertThat(e.field()).isEqualTo("claims");
        }
    }

    @FuzzTest
    void a_claim_is_kept_as_it_is_or_the_token_is_refused(byte[] input) {
        String[] parts = new String(input, StandardCharsets.UTF_8).split("\n", 2);
        Map<String, Object> payload = object(parts[parts.length - 1]);
        try {
            KeptClaims kept = KeptClaims.of(Spiffe.PROFILE, TestIssuer.OIDC.document(), Set.of(parts[0]));
            if (kept.from(payload) instanceof KeptClaims.Selected(Claims claims)) {
                Object there = ClaimName.of("claims", parts[0]).in(payload);
                assertThat(claims.get(parts[0])).isEqualTo(ClaimValue.of(there));
                assertThat(String.join("", claims.asMap().keySet()).length()).isLessThan(KeptClaims.MAX_BYTES);
            }
        } catch (Invalid e) {
            assertThat(e.field()).isEqualTo(parts[0]);
        }
    }

    private static Map<String, Object> object(String json) {
        try {
            return StrictJson.object(json.getBytes(StandardCharsets.UTF_8));
        } catch (ParseException e) {
            return Map.of("a", Map.of("b", List.of("x", Map.of("c", 1L))), "", Map.of("", "y"), "~", "z", "x/y", "w");
        }
    }

    /** RFC 6901 section 4, step by step. */
    private static @Nullable Object at(@Nullable Object from, String pointer) {
        if (pointer.isEmpty()) {
            return from;
        }
        int next = pointer.indexOf('/', 1);
        String token = pointer.substring(1, next < 0 ? pointer.length() : next);
        String step = token.replace("~1", "/").replace("~0", "~");
        String rest = next < 0 ? "" : pointer.substring(next);
        if (from instanceof Map<?, ?> object) {
            return at(object.get(step), rest);
        }
        return from instanceof List<?> list && step.matches("0|[1-9][0-9]{0,3}") && Integer.parseInt(step) < list.size()
                ? at(list.get(Integer.parseInt(step)), rest)
                : null;
    }

    private static String pointer(ClaimName name) {
        if (!name.name().startsWith("/")) {
            return name.name();
        }
        StringBuilder pointer = new StringBuilder();
        name.steps()
                .forEach(step ->
                        pointer.append('/').append(step.replace("~", "~0").replace("/", "~1")));
        return pointer.toString();
    }
}
