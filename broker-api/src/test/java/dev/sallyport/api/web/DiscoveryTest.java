package dev.sallyport.api.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where clients look for what they need to know. */
class DiscoveryTest {

    @Test
    void an_issuer_without_a_path_has_one_place() {
        assertThat(new Discovery("https://id.example", List.of()).paths("openid-configuration"))
                .containsExactly("/.well-known/openid-configuration");
    }

    @Test
    void an_issuer_with_a_path_is_found_before_and_behind_it() {
        assertThat(new Discovery("https://id.example/a/b", List.of()).paths("oauth-authorization-server"))
                .containsExactly(
                        "/.well-known/oauth-authorization-server",
                        "/.well-known/oauth-authorization-server/a/b",
                        "/a/b/.well-known/oauth-authorization-server");
    }

    @ParameterizedTest
    @CsvSource({
        "https://a.example, https://a.example/.well-known/oauth-protected-resource",
        "https://a.example/, https://a.example/.well-known/oauth-protected-resource",
        "https://a.example:8443/mcp/, https://a.example:8443/.well-known/oauth-protected-resource/mcp/",
        "https://a.example/mcp?t=1, https://a.example/.well-known/oauth-protected-resource/mcp?t=1"
    })
    void the_metadata_of_a_resource_is_between_its_host_and_its_path(String resource, String url) {
        assertThat(Discovery.protectedResourceUrl(resource)).isEqualTo(url);
    }
}
