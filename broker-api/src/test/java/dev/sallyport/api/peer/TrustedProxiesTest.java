package dev.sallyport.api.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sallyport.core.Invalid;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrustedProxiesTest {

    private static final TrustedProxies PROXIES = new TrustedProxies(List.of("10.0.0.0/8", "192.0.2.1", "fd00::/8"));

    @ParameterizedTest
    @CsvSource({
        "10.0.0.1, true",
        "10.255.255.255, true",
        "11.0.0.1, false",
        "192.0.2.1, true",
        "192.0.2.2, false",
        "fd12::1, true",
        "fe00::1, false",
        "::ffff:10.0.0.1, true",
        "0:0:0:0:0:0:0:1, false"
    })
    void a_range_holds_the_addresses_with_its_prefix(String address, boolean trusted) {
        assertThat(PROXIES.trusts(Addresses.parse(address).orElseThrow())).isEqualTo(trusted);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"0.0.0.0/0", "::/0", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/x", "10.1", "proxy.example", "", "1"})
    void what_is_no_range_or_everybody_is_refused(String range) {
        assertThatExceptionOfType(Invalid.class)
                .isThrownBy(() -> new TrustedProxies(List.of(range)))
                .satisfies(invalid -> assertThat(invalid.field()).isEqualTo("trusted-proxy"));
    }

    @Test
    void the_client_is_the_last_hop_that_is_no_proxy() {
        assertThat(client("203.0.113.9")).isEqualTo("203.0.113.9");
        assertThat(client("198.51.100.1, 203.0.113.9")).isEqualTo("203.0.113.9");
        assertThat(client("198.51.100.1, 203.0.113.9, 10.1.1.1")).isEqualTo("203.0.113.9");
        assertThat(client("198.51.100.1", "203.0.113.9,10.1.1.1")).isEqualTo("203.0.113.9");
        assertThat(client("203.0.113.9:5123, [fd12::1]:80")).isEqualTo("203.0.113.9");
        assertThat(client("[2001:db8::9]")).isEqualTo("2001:db8:0:0:0:0:0:9");
        assertThat(client("10.1.1.1, 10.2.2.2")).isEqualTo("10.1.1.1");
    }

    @Test
    void what_can_not_be_read_ends_the_search_at_whoever_passed_it_on() {
        assertThat(client()).isEqualTo("10.9.9.9");
        assertThat(client("")).isEqualTo("10.9.9.9");
        assertThat(client("203.0.113.9, unknown")).isEqualTo("10.9.9.9");
        assertThat(client("203.0.113.9, localhost, 10.1.1.1")).isEqualTo("10.1.1.1");
        assertThat(client("203.0.113.9, 1.2, 10.1.1.1")).isEqualTo("10.1.1.1");
        assertThat(client("203.0.113.9, 10.1.1.999")).isEqualTo("10.9.9.9");
        assertThat(client("203.0.113.9, fe80::1%eth0")).isEqualTo("10.9.9.9");
    }

    private static String client(String... forwarded) {
        InetAddress peer = Addresses.parse("10.9.9.9").orElseThrow();
        return PROXIES.client(peer, List.of(forwarded)).getHostAddress();
    }
}
