package dev.sallyport.api.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sallyport.api.document.Documents.Format;
import dev.sallyport.core.Invalid;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DocumentsTest {

    @Test
    void a_bundle_of_a_large_company_is_read() {
        String agents = IntStream.range(0, 50_000)
                .mapToObj(i -> "- { name: agent-" + i + ", kind: workload, bindings: [ { provider: ci, match: { sub: '"
                        + i + "' } } ] }\n")
                .collect(Collectors.joining());
        String bundle =
                "trustProviders: [ { name: ci, type: oidc, issuer: 'https://ci.example' } ]\nagents:\n" + agents;

        assertThat(Documents.readBundle(bundle.getBytes(StandardCharsets.UTF_8), Format.YAML)
                        .agents())
                .hasSize(50_000);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "agents: &a [ *a ]",
                "agents: [ &a { name: x }, *a ]",
                "agents: !!java.util.Date x",
                "--- {}\n--- {}"
            })
    void yaml_that_is_more_than_data_is_refused(String yaml) {
        assertThatExceptionOfType(Invalid.class)
                .isThrownBy(() -> Documents.readBundle(yaml.getBytes(StandardCharsets.UTF_8), Format.YAML));
    }

    @Test
    void what_is_not_utf_8_is_refused() {
        assertThatExceptionOfType(Invalid.class)
                .isThrownBy(() -> Documents.readBundle(new byte[] {'{', (byte) 0xff, '}'}, Format.JSON));
    }
}
