package dev.sallyport.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.util.JSONObjectUtils;
import dev.sallyport.api.RunningBroker.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SVIDs of a real SPIRE server, whose keys come from its bundle endpoint. */
class RealSpireTest {

    @TempDir
    static Path directory;

    static RealProgram spire;
    static Process server;
    static TestPlatform platform;
    static RunningBroker broker;

    @BeforeAll
    static void start() throws IOException {
        spire = RealProgram.named("spire-server");
        TestIdentity identity = TestIdentity.make(directory, "bundle");
        Path authority = Files.writeString(directory.resolve("bundle.crt"), identity.pem());
        Files.writeString(directory.resolve("bundle.key"), identity.keyPem());
        int port = RealProgram.freePort();
        Files.writeString(directory.resolve("server.conf"), """
                server {
                  bind_address = "127.0.0.1"
                  bind_port = "%d"
                  socket_path = "api.sock"
                  trust_domain = "example.org"
                  data_dir = "."
                  jwt_key_type = "ec-p256"
                  federation {
                    bundle_endpoint {
                      address = "127.0.0.1"
                      port = %d
                      refresh_hint = "30s"
                      profile "https_web" {
                        serving_cert_file {
                          cert_file_path = "bundle.crt"
                          key_file_path = "bundle.key"
                          file_sync_interval = "1h"
                        }
                      }
                    }
                  }
                }
                plugins {
                  DataStore "sql" {
                    plugin_data {
                      database_type = "sqlite3"
                      connection_string = "store.sqlite3"
                    }
                  }
                  NodeAttestor "join_token" { plugin_data {} }
                  KeyManager "memory" { plugin_data {} }
                }
                """.formatted(RealProgram.freePort(), port));
        server = spire.start(directory, List.of("run", "-config", "server.conf"));
        await().atMost(Duration.ofSeconds(60))
                .ignoreExceptionsMatching(e -> true)
                .until(() -> !said("healthcheck").isEmpty());
        platform = TestPlatform.start();
        broker = RunningBroker.start(
                directory, platform, """
                trustProviders:
                  - { name: mesh, type: spiffe, trustDomain: example.org, keys: { bundleEndpoint: "https://localhost:%d" } }
                agents:
                  - { name: bot, kind: workload, bindings: [ { provider: mesh, match: { path: /ns/billing/sa/bot } } ] }
                targets:
                  - { name: invoices, resource: "https://invoices.example/mcp", kind: api, actions: [ read ], defaultActions: [ read ] }
                policies:
                  - { name: reads, effect: allow, agents: [ { name: "*" } ], targets: [ invoices ], actions: [ read ] }
                """.formatted(port), List.of("--sallyport.outbound-ca=" + authority));
    }

    @AfterAll
    static void stop() {
        if (broker != null) {
            broker.close();
            platform.close();
        }
        if (server != null) {
            server.destroyForcibly();
        }
    }

    @Test
    void an_svid_for_the_broker_gets_a_token_and_one_for_others_does_not() {
        assertThat(broker.exchange(svid("/ns/billing/sa/bot", broker.issuer())).status())
                .isEqualTo(200);

        refused(svid("/ns/billing/sa/bot", "https://elsewhere.example"));
        refused(svid("/ns/billing/sa/other", broker.issuer()));
    }

    @Test
    void a_new_authority_is_found_by_itself_and_a_revoked_one_is_forgotten() {
        String old = svid("/ns/billing/sa/bot", broker.issuer());
        assertThat(broker.exchange(old).status()).isEqualTo(200);
        String first = authority("active");

        said("localauthority", "jwt", "prepare");
        said("localauthority", "jwt", "activate", "-authorityID", authority("prepared"));
        assertThat(broker.exchange(svid("/ns/billing/sa/bot", broker.issuer())).status())
                .isEqualTo(200);
        assertThat(broker.exchange(old).status()).isEqualTo(200);

        said("localauthority", "jwt", "taint", "-authorityID", first);
        said("localauthority", "jwt", "revoke", "-authorityID", first);
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> refused(old));
        assertThat(broker.exchange(svid("/ns/billing/sa/bot", broker.issuer())).status())
                .isEqualTo(200);
    }

    private static void refused(String svid) {
        Answer answer = broker.exchange(svid);
        assertThat(answer.status()).as(answer.description()).isIn(400, 401);
        assertThat(answer.error()).isIn("invalid_grant", "unauthorized_client");
    }

    private static String svid(String path, String audience) {
        return said("jwt", "mint", "-spiffeID", "spiffe://example.org" + path, "-audience", audience)
                .strip();
    }

    /** The id of the authority for JWT-SVIDs in this state. */
    private static String authority(String state) {
        try {
            var shown = JSONObjectUtils.parse(said("localauthority", "jwt", "show", "-output", "json"));
            var slot = Objects.requireNonNull(JSONObjectUtils.getJSONObject(shown, state));
            return Objects.requireNonNull(JSONObjectUtils.getString(slot, "authority_id"));
        } catch (ParseException e) {
            throw new AssertionError(e);
        }
    }

    private static String said(String... command) {
        List<String> arguments = new ArrayList<>(List.of(command));
        arguments.addAll(List.of("-socketPath", "api.sock"));
        try {
            return spire.run(directory, arguments);
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
