package dev.sallyport.api.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sallyport.core.Invalid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClusterAccessTest {

    private static final String GOOD = """
            current-context: main
            contexts: [ { name: main, context: { cluster: c, user: u } } ]
            clusters: [ { name: c, cluster: { server: "https://10.0.0.1:6443" } } ]
            users: [ { name: u, user: { token: secret-token } } ]
            """;

    @TempDir
    Path directory;

    @Test
    void the_current_context_tells_server_and_token() throws IOException {
        ClusterAccess access =
                Objects.requireNonNull(read("prod=" + written(GOOD)).get("prod"));

        assertThat(access.server()).hasToString("https://10.0.0.1:6443");
        assertThat(access.credentials()).isEqualTo("secret-token");
        assertThat(access.toString()).doesNotContain("secret");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://10/http://10",
                "token: secret-token/exec: {}",
                "token: secret-token/username: u, password: secret-token",
                "token: secret-token/x: y",
                "server:/insecure-skip-tls-verify: true, server:",
                "server:/certificate-authority-data: AAAA, server:",
                "server:/certificate-authority: missing.crt, server:",
                "current-context: main/current-context: other",
                "users: [/users: ]["
            })
    void what_can_not_be_done_safely_stops_the_start(String change) throws IOException {
        int at = change.startsWith("https") ? change.indexOf("/http:") : change.indexOf('/');
        Path file = written(GOOD.replace(change.substring(0, at), change.substring(at + 1)));

        assertThatExceptionOfType(Invalid.class)
                .isThrownBy(() -> read("prod=" + file))
                .satisfies(e -> assertThat(e.field()).isEqualTo("kubernetes-cluster"))
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("secret-token"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"prod", "=x", "Prod=in-cluster", "prod=/does/not/exist", "prod=in-cluster"})
    void a_setting_is_a_name_and_a_readable_place(String setting) {
        assertThatExceptionOfType(Invalid.class)
                .isThrownBy(() -> read(setting))
                .satisfies(e -> assertThat(e.field()).isEqualTo("kubernetes-cluster"));
    }

    private static Map<String, ClusterAccess> read(String setting) {
        return ClusterAccess.read(List.of(setting), name -> null, Path.of("/does/not/exist"));
    }

    private Path written(String kubeconfig) throws IOException {
        return Files.writeString(directory.resolve("config"), kubeconfig);
    }
}
