package dev.sallyport.attestation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The pages of {@code docs/attestation} say what the profiles say. */
class PagesTest {

    private static final Path PAGES = Path.of("../docs/attestation");

    static Stream<String> types() {
        return Profiles.shipped().types().stream();
    }

    @ParameterizedTest
    @MethodSource("types")
    void a_page_has_the_claims_of_its_type(String type) throws IOException {
        List<List<String>> claims = new ArrayList<>();
        Profile profile = profile(type);
        profile.claims()
                .forEach((name, source) -> claims.add(
                        List.of(code(name), source.shape().name().toLowerCase(Locale.ROOT), identity(profile, name))));

        assertThat(table(type, "| claim | shape | identity |"))
                .extracting(row -> row.subList(0, 3))
                .isEqualTo(claims);
    }

    @ParameterizedTest
    @MethodSource("types")
    void a_page_has_the_issuers_and_owner_pins_of_its_type(String type) throws IOException {
        List<List<String>> issuers = new ArrayList<>();
        profile(type)
                .issuers()
                .forEach((issuer, owners) -> issuers.add(List.of(
                        issuer.text().equals("{url}")
                                ? (profile(type).issuers().size() == 1 ? "any" : "any other")
                                : code(issuer.text()),
                        owners.isEmpty()
                                ? "none needed"
                                : String.join(
                                        ", ",
                                        owners.stream().map(PagesTest::code).toList()))));

        assertThat(table(type, "| issuer | owner pin")).isEqualTo(issuers);
    }

    @Test
    void the_index_has_every_page() throws IOException {
        String index = Files.readString(PAGES.resolve("README.md"));

        for (String type : Profiles.shipped().types()) {
            assertThat(index).contains("| [" + type + "](" + type + ".md) |");
        }
    }

    private static List<List<String>> table(String type, String heading) throws IOException {
        return Files.readAllLines(PAGES.resolve(type + ".md")).stream()
                .dropWhile(line -> !line.startsWith(heading))
                .skip(2)
                .takeWhile(line -> line.startsWith("|"))
                .map(line ->
                        Arrays.stream(line.split("\\|", -1)).map(String::strip).toList())
                .map(cells -> cells.subList(1, cells.size() - 1))
                .toList();
    }

    private static String identity(Profile profile, String name) {
        return profile.identity().contains(name) ? "yes" : "";
    }

    private static Profile profile(String type) {
        return Profiles.shipped().find(type).orElseThrow();
    }

    private static String code(String text) {
        return "`" + text + "`";
    }
}
