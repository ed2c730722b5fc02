package dev.sallyport.core.attest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sallyport.core.attest.Claims.Many;
import dev.sallyport.core.attest.Claims.One;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ClaimsTest {

    private static final Claims CLAIMS =
            Claims.of(Map.of("ref", new One("refs/heads/main"), "groups", new Many(List.of("a", "b"))));

    @Test
    void any_looks_at_the_one_value_or_at_each_of_the_list() {
        assertThat(CLAIMS.any("ref", "refs/heads/main"::equals)).isTrue();
        assertThat(CLAIMS.any("ref", "other"::equals)).isFalse();
        assertThat(CLAIMS.any("groups", "b"::equals)).isTrue();
        assertThat(CLAIMS.any("groups", "c"::equals)).isFalse();
        assertThat(CLAIMS.any("absent", text -> true)).isFalse();
    }

    @Test
    void texts_are_the_value_or_the_list() {
        assertThat(new One("a").texts()).containsExactly("a");
        assertThat(new Many(List.of("a", "b")).texts()).containsExactly("a", "b");
    }

    @Test
    void they_are_sorted_by_name_and_equal_by_content() {
        assertThat(CLAIMS.asMap().keySet()).containsExactly("groups", "ref");
        assertThat(CLAIMS)
                .isEqualTo(Claims.of(CLAIMS.asMap()))
                .hasSameHashCodeAs(Claims.of(CLAIMS.asMap()))
                .isNotEqualTo(Claims.NONE);
        assertThat(Claims.of(Map.of())).isSameAs(Claims.NONE);
    }

    @Test
    void nobody_can_change_them_later() {
        Map<String, Claims.Value> given = new HashMap<>(Map.of("a", new One("1")));
        List<String> list = new ArrayList<>(List.of("x"));
        given.put("b", new Many(list));
        Claims claims = Claims.of(given);

        given.clear();
        list.clear();

        assertThat(claims.get("a")).isEqualTo(new One("1"));
        assertThat(claims.get("b")).isEqualTo(new Many(List.of("x")));
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> claims.asMap().clear());
    }

    @Test
    void values_are_not_shown() {
        assertThat(CLAIMS).hasToString("[groups, ref]");
    }
}
