package dev.sallyport.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GlobTest {

    @ParameterizedTest
    @CsvSource({
        "refs/heads/*, refs/heads/feature/x, true",
        "refs/heads/*, refs/heads/, true",
        "refs/heads/*, refs/tags/v1, false",
        "tools/call:*, tools/call:search:deep, true",
        "a*b*c, a--b--c, true",
        "a*b*c, abc, true",
        "a*b*c, acb, false",
        "ab*ba, aba, false",
        "a.c, abc, false",
        "*, anything, true",
        "exact, exact, true",
        "exact, exactly, false"
    })
    void a_star_stands_for_any_run_of_characters(String pattern, String text, boolean matches) {
        assertThat(Glob.of(pattern).matches(text)).isEqualTo(matches);
    }

    @Test
    void it_agrees_with_a_regular_expression_on_generated_cases() {
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < 20_000; i++) {
            String pattern = text(random, "ab*");
            String text = text(random, "ab");
            boolean expected = Pattern.matches(pattern.replace("*", ".*"), text);
            assertThat(Glob.of(pattern).matches(text))
                    .as("%s on %s", pattern, text)
                    .isEqualTo(expected);
        }
    }

    private static String text(SplittableRandom random, String alphabet) {
        StringBuilder text = new StringBuilder();
        for (int length = random.nextInt(8); length > 0; length--) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return text.toString();
    }
}
