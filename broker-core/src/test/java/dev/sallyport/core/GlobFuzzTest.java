package dev.sallyport.core;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Patterns and texts of any kind: a pattern, a line end, a text. */
class GlobFuzzTest {

    private static final int LONGEST = 96;

    @FuzzTest
    void a_glob_agrees_with_a_regular_expression(byte[] input) {
        String[] parts = new String(input, StandardCharsets.UTF_8).split("\n", 2);
        if (input.length > LONGEST || parts.length < 2) {
            return;
        }
        Pattern expected = Pattern.compile(
                Arrays.stream(parts[0].replaceAll("\\*+", "*").split("\\*", -1))
                        .map(Pattern::quote)
                        .collect(Collectors.joining(".*")),
                Pattern.DOTALL);
        Glob glob = Glob.of(parts[0]);
        assertThat(glob.matches(parts[1])).isEqualTo(expected.matcher(parts[1]).matches());
        assertThat(glob.matches(parts[0])).isTrue();
    }
}
