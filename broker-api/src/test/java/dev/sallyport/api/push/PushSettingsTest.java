package dev.sallyport.api.push;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sallyport.api.outbound.Outbound;
import dev.sallyport.api.outbound.OutboundPost;
import dev.sallyport.core.Invalid;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PushSettingsTest {

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Authorization",
                "Authorization:",
                "A b: c",
                "A: b\nC: d",
                "A: b\r\nC: d",
                "Ä: b",
                "A: b\u0000"
            })
    void a_header_is_one_line_of_name_and_value(String content) throws IOException {
        Path file = Files.writeString(directory.resolve("header"), content);

        assertThatExceptionOfType(Invalid.class)
                .isThrownBy(() -> new HeaderFile(file))
                .satisfies(e -> assertThat(e.field()).isEqualTo("push-header"));
    }

    @Test
    void a_header_is_read_anew_each_time() throws IOException {
        Path path = Files.writeString(directory.resolve("header"), "Authorization: Splunk one\n");
        HeaderFile file = new HeaderFile(path);
        Files.writeString(path, "Authorization: Splunk two");
        Map<String, String> headers = new HashMap<>();
        file.addTo(headers);

        assertThat(headers).isEqualTo(Map.of("Authorization", "Splunk two"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://siem.example/",
                "siem.example",
                "https://user:secret@siem.example/",
                "https://siem.example/#x"
            })
    void a_receiver_is_a_url_without_credentials(String url) throws IOException {
        try (OutboundPost post = new OutboundPost(new Outbound(List.of()))) {
            assertThatExceptionOfType(Invalid.class)
                    .isThrownBy(() -> new PushedLog(post, URI.create(url), "ocsf", null))
                    .satisfies(e -> assertThat(e.field()).isEqualTo("push-url"))
                    .satisfies(e -> assertThat(e.getMessage()).doesNotContain("secret"));
        }
    }
}
