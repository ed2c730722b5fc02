package dev.sallyport.core.possession;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** URLs of any kind, one a line. */
class HttpUriFuzzTest {

    @FuzzTest
    void urls_are_the_same_either_way_round_and_only_where_their_hosts_are(byte[] input) {
        String[] lines = new String(input, StandardCharsets.UTF_8).split("\n", 2);
        String one = lines[0];
        String other = lines[lines.length - 1];
        assertThat(HttpUri.same(one, other)).isEqualTo(HttpUri.same(other, one));
        if (HttpUri.same(one, other)) {
            assertThat(HttpUri.same(one, one)).isTrue();
            assertThat(URI.create(one).getHost())
                    .isEqualToIgnoringCase(URI.create(other).getHost());
            assertThat(List.of("http", "https"))
                    .contains(URI.create(one).getScheme().toLowerCase(Locale.ROOT));
        }
    }
}
