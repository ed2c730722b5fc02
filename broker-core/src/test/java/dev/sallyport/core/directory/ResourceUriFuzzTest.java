package dev.sallyport.core.directory;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Resources of any kind. */
class ResourceUriFuzzTest {

    @FuzzTest
    void the_form_to_compare_by_is_a_uri_of_the_same_host_and_its_own_form(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        ResourceUri.canonical(text).ifPresent(canonical -> {
            assertThat(ResourceUri.canonical(canonical)).contains(canonical);
            String host = URI.create(text).getHost();
            assertThat(URI.create(canonical).getHost()).isEqualTo(host == null ? null : host.toLowerCase(Locale.ROOT));
        });
    }
}
