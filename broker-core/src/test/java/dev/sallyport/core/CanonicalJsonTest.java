package dev.sallyport.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CanonicalJsonTest {

    @Test
    void members_are_sorted_and_nothing_is_spaced() {
        assertThat(CanonicalJson.text(Map.of("b", List.of(1, true, "x"), "a", Map.of(), "c", List.of())))
                .isEqualTo("{\"a\":{},\"b\":[1,true,\"x\"],\"c\":[]}");
    }

    @Test
    void null_is_written() {
        assertThat(CanonicalJson.text(Arrays.asList("a", null))).isEqualTo("[\"a\",null]");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "-0.0, 0",
        "1, 1",
        "-1.5, -1.5",
        "1e21, 1e+21",
        "1e20, 100000000000000000000",
        "0.000001, 0.000001",
        "1e-7, 1e-7",
        "4.9e-324, 5e-324",
        "1.7976931348623157e308, 1.7976931348623157e+308",
        "9007199254740992, 9007199254740992",
        "333333333.33333329, 333333333.3333333",
        "2e-3, 0.002"
    })
    void doubles_are_written_as_ecmascript_does(double number, String text) {
        assertThat(CanonicalJson.text(number)).isEqualTo(text);
    }

    /** The samples of RFC 8785 appendix B: the bits of a double, and how it is written. */
    @ParameterizedTest
    @CsvSource({
        "0000000000000000, 0",
        "8000000000000000, 0",
        "0000000000000001, 5e-324",
        "8000000000000001, -5e-324",
        "7fefffffffffffff, 1.7976931348623157e+308",
        "ffefffffffffffff, -1.7976931348623157e+308",
        "4340000000000000, 9007199254740992",
        "c340000000000000, -9007199254740992",
        "4430000000000000, 295147905179352830000",
        "44b52d02c7e14af5, 9.999999999999997e+22",
        "44b52d02c7e14af6, 1e+23",
        "44b52d02c7e14af7, 1.0000000000000001e+23",
        "444b1ae4d6e2ef4e, 999999999999999700000",
        "444b1ae4d6e2ef4f, 999999999999999900000",
        "444b1ae4d6e2ef50, 1e+21",
        "3eb0c6f7a0b5ed8c, 9.999999999999997e-7",
        "3eb0c6f7a0b5ed8d, 0.000001",
        "41b3de4355555553, 333333333.3333332",
        "41b3de4355555554, 333333333.33333325",
        "41b3de4355555555, 333333333.3333333",
        "41b3de4355555556, 333333333.3333334",
        "41b3de4355555557, 333333333.33333343",
        "becbf647612f3696, -0.0000033333333333333333",
        "43143ff3c1cb0959, 1424953923781206.2"
    })
    void samples_of_rfc_8785_are_written_as_it_says(String bits, String text) {
        assertThat(CanonicalJson.text(Double.longBitsToDouble(Long.parseUnsignedLong(bits, 16))))
                .isEqualTo(text);
    }

    @Test
    void what_other_languages_would_read_differently_is_refused() {
        assertThatIllegalArgumentException().isThrownBy(() -> CanonicalJson.text((1L << 53) + 1));
        assertThatIllegalArgumentException().isThrownBy(() -> CanonicalJson.text(Double.NaN));
        assertThatIllegalArgumentException().isThrownBy(() -> CanonicalJson.text("\ud800"));
        assertThatIllegalArgumentException().isThrownBy(() -> CanonicalJson.text("\udc00x"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"arrays", "french", "structures", "unicode", "values", "weird"})
    void it_agrees_with_the_vectors_of_rfc_8785(String name) throws IOException {
        Path vectors = vectors();
        assumeTrue(vectors != null, "the shared test vectors are not here");
        String input = Files.readString(vectors.resolve("input").resolve(name + ".json"));
        String expected = Files.readString(vectors.resolve("output").resolve(name + ".json"));

        assertThat(CanonicalJson.text(plain(JsonParser.parseString(input)))).isEqualTo(expected);
    }

    private static @Nullable Path vectors() {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            Path candidate = at.resolve("shared").resolve("data").resolve("jcs");
            if (Files.isDirectory(candidate)) {
                return candidate;
            }
        }
        return null;
    }

    private static @Nullable Object plain(JsonElement json) {
        return switch (json) {
            case JsonObject object -> {
                Map<String, @Nullable Object> map = new LinkedHashMap<>();
                object.entrySet().forEach(each -> map.put(each.getKey(), plain(each.getValue())));
                yield map;
            }
            case JsonArray array -> {
                List<@Nullable Object> list = new ArrayList<>();
                array.forEach(each -> list.add(plain(each)));
                yield list;
            }
            default -> scalar(json);
        };
    }

    private static @Nullable Object scalar(JsonElement json) {
        if (json.isJsonNull()) {
            return null;
        }
        return json.getAsJsonPrimitive().isNumber()
                ? (Object) json.getAsDouble()
                : json.getAsJsonPrimitive().isBoolean() ? (Object) json.getAsBoolean() : json.getAsString();
    }
}
