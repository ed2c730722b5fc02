package dev.sallyport.api.development;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostCheckTest {

    @ParameterizedTest
    @CsvSource({
        "localhost:8080,          8080, true",
        "LOCALHOST:8080,          8080, true",
        "127.0.0.1:8080,          8080, true",
        "[::1]:8080,              8080, true",
        "localhost,               80,   true",
        "localhost,               8080, false",
        "localhost:80,            8080, false",
        "evil.example:8080,       8080, false",
        "localhost.evil.example:8080, 8080, false",
        "127.0.0.2:8080,          8080, false",
        "localhost:8080.,         8080, false",
        "user@localhost:8080,     8080, false",
        "'',                      80,   false"
    })
    void only_the_loopback_names_with_the_right_port_are_here(String host, int port, boolean here) {
        assertThat(HostCheck.isHere(host, port)).isEqualTo(here);
    }
}
