package dev.sallyport.core.attest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpiffeIdTest {

    @Test
    void an_id_has_a_trust_domain_and_a_path() {
        assertThat(SpiffeId.read("spiffe://example.org/ns/billing/sa/invoice-bot"))
                .contains(new SpiffeId("example.org", "/ns/billing/sa/invoice-bot"));
        assertThat(SpiffeId.read("spiffe://a_b-c.1/X.y_z-0/...")).contains(new SpiffeId("a_b-c.1", "/X.y_z-0/..."));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "spiffe://",
                "spiffe://example.org",
                "spiffe://example.org/",
                "spiffe://example.org/a/",
                "spiffe://example.org//a",
                "spiffe://example.org/a//b",
                "spiffe://example.org/.",
                "spiffe://example.org/../a",
                "spiffe://example.org/a/./b",
                "spiffe://example.org/a/..",
                "spiffe:///a",
                "spiffe://Example.org/a",
                "SPIFFE://example.org/a",
                "spiffe://example.org:443/a",
                "spiffe://me@example.org/a",
                "spiffe://example.org/a?b",
                "spiffe://example.org/a#b",
                "spiffe://example.org/%61",
                "spiffe://example.org/ä",
                "spiffe://example.org/a\n",
                " spiffe://example.org/a",
                "https://example.org/a"
            })
    void everything_else_is_none(String text) {
        assertThat(SpiffeId.read(text)).isEmpty();
    }

    @Test
    void ids_are_bounded() {
        String longest = "a".repeat(255);
        assertThat(SpiffeId.read("spiffe://" + longest + "/a")).isPresent();
        assertThat(SpiffeId.read("spiffe://" + longest + "a/a")).isEmpty();
        assertThat(SpiffeId.read("spiffe://a/" + "a".repeat(2048 - 11))).isPresent();
        assertThat(SpiffeId.read("spiffe://a/" + "a".repeat(2048 - 10))).isEmpty();
    }
}
