package dev.sallyport.api.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.core.Invalid;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CursorTest {

    @Test
    void a_position_comes_back_as_it_was() {
        for (String position : new String[] {"2026-05-01T12:00:00Z 7", "zürich", "x".repeat(512)}) {
            String cursor = Cursor.encode("agents", position);
            assertThat(cursor).matches("[A-Za-z0-9_-]{1,694}").doesNotContain(position);
            assertThat(Cursor.decode(cursor, "agents")).isEqualTo(position);
        }
    }

    @Test
    void a_cursor_of_another_list_or_other_filters_is_refused() {
        String cursor = Cursor.encode("issuances {\"agent\":\"bot\"}", "7");
        assertThatThrownBy(() -> Cursor.decode(cursor, "issuances {\"agent\":\"other\"}"))
                .isInstanceOf(Invalid.class)
                .hasMessage("cursor: was made for another list, or for other filters");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "AAAAAAAAAAA", "not/base64url", "a b", "=", "ü", "\u0000"})
    void what_is_no_cursor_is_refused(String cursor) {
        assertThatThrownBy(() -> Cursor.decode(cursor, "agents"))
                .isInstanceOf(Invalid.class)
                .hasMessageStartingWith("cursor: ");
    }

    @Test
    void one_that_is_too_long_or_no_text_is_refused() {
        byte[] good = Base64.getUrlDecoder().decode(Cursor.encode("agents", "x"));
        good[good.length - 1] = (byte) 0xff;
        String broken = Base64.getUrlEncoder().withoutPadding().encodeToString(good);
        assertThatThrownBy(() -> Cursor.decode(broken, "agents")).isInstanceOf(Invalid.class);
        assertThatThrownBy(() -> Cursor.decode("A".repeat(100_000), "agents")).isInstanceOf(Invalid.class);
        assertThatThrownBy(() -> Cursor.encode("agents", "x".repeat(513))).isInstanceOf(IllegalArgumentException.class);
    }
}
