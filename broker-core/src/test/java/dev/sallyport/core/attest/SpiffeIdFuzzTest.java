package dev.sallyport.core.attest;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** SPIFFE IDs of any kind. */
class SpiffeIdFuzzTest {

    @FuzzTest
    void an_id_has_one_spelling_and_the_parts_that_a_uri_has(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        SpiffeId.read(text).ifPresent(id -> {
            URI uri = URI.create(text);
            assertThat(id.toString()).isEqualTo(text);
            assertThat(uri.getRawAuthority()).isEqualTo(id.trustDomain());
            assertThat(uri.getRawPath()).isEqualTo(id.path());
            assertThat(uri.normalize()).isEqualTo(uri);
            assertThat(SpiffeId.isTrustDomain(id.trustDomain())).isTrue();
        });
    }
}
