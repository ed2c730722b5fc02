package dev.sallyport.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.SignedJWT;
import dev.sallyport.api.FakeBroker.Asked;
import dev.sallyport.api.Shell.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the command line takes evidence from, and whom it shows it to. */
class CtlEvidenceTest {

    private static final String[] TOKEN = {"token", "https://invoices.example/mcp"};

    @TempDir
    Path directory;

    private FakeBroker fake;
    private Shell shell;

    @BeforeEach
    void start() throws IOException {
        fake = new FakeBroker();
        shell = Shell.at(directory, fake.url())
                .with("SALLYPORT_TOKEN_FILE", directory.resolve("none").toString());
    }

    @AfterEach
    void stop() {
        fake.close();
    }

    @Test
    void a_job_of_github_asks_for_a_token_that_is_made_out_to_the_broker() {
        fake.says("/github", 200, "{\"value\":\"from-github\"}", Map.of());
        Shell job = shell.with("ACTIONS_ID_TOKEN_REQUEST_URL", fake.url() + "/github?api=2")
                .with("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "of-the-job");

        Ran ran =
                job.ctl("token", "https://invoices.example/mcp", "--scope", "a", "--scope", "b", "--client-id", "bot");

        assertThat(ran.err()).isEmpty();
        assertThat(ran.out()).isEqualTo("issued\n");
        Asked platform = fake.last("/github");
        assertThat(platform.query())
                .isEqualTo("api=2&audience=" + fake.url().replace(":", "%3A").replace("/", "%2F"));
        assertThat(platform.headers()).containsEntry("Authorization", "bearer of-the-job");
        Asked exchange = fake.last("/oauth2/token");
        assertThat(exchange.form("assertion")).isEqualTo("from-github");
        assertThat(exchange.form("resource")).isEqualTo("https://invoices.example/mcp");
        assertThat(exchange.form("scope")).isEqualTo("a b");
        assertThat(exchange.form("client_id")).isEqualTo("bot");
    }

    @Test
    void metadata_servers_of_clouds_are_asked_where_something_hints_at_them() {
        fake.says("/computeMetadata/v1/instance/service-accounts/default/identity", 200, "from-google\n", Map.of());
        fake.says("/metadata/identity/oauth2/token", 200, "{\"access_token\":\"from-azure\"}", Map.of());
        fake.says("/msi", 200, "{\"access_token\":\"from-app-service\"}", Map.of());
        fake.says("/devops", 200, "{\"oidcToken\":\"from-pipelines\"}", Map.of());

        assertThat(shell.ctl(fake.uri(), TOKEN).code()).isEqualTo(3);
        assertThat(fake.asked()).as("nothing hints at a platform").isEmpty();
        assertThat(assertion(shell.with("K_SERVICE", "report"))).isEqualTo("from-google");
        assertThat(assertion(shell, "--platform", "azure", "--azure-resource", "api://broker"))
                .isEqualTo("from-azure");
        assertThat(fake.last("/metadata/identity/oauth2/token").query()).endsWith("&resource=api%3A%2F%2Fbroker");
        Shell service = shell.with("IDENTITY_ENDPOINT", fake.url() + "/msi")
                .with("IDENTITY_HEADER", "secret")
                .with("SALLYPORT_AZURE_RESOURCE", "api://broker");
        assertThat(assertion(service)).isEqualTo("from-app-service");
        Shell pipeline =
                shell.with("SYSTEM_OIDCREQUESTURI", fake.url() + "/devops").with("SYSTEM_ACCESSTOKEN", "of-the-job");
        assertThat(assertion(pipeline)).isEqualTo("from-pipelines");
    }

    @Test
    void evidence_in_files_variables_and_on_standard_input_is_taken_as_it_is() throws IOException {
        Path file = Files.writeString(directory.resolve("token"), "from-a-file\n");

        assertThat(assertion(shell, "--evidence", file.toString())).isEqualTo("from-a-file");
        assertThat(assertion(shell.typing("typed"), "--evidence", "-")).isEqualTo("typed");
        assertThat(assertion(shell.with("ID_TOKEN", "of-gitlab"), "--env", "ID_TOKEN"))
                .isEqualTo("of-gitlab");
        assertThat(assertion(shell.with("SALLYPORT_EVIDENCE", "set"))).isEqualTo("set");
        assertThat(assertion(shell.with("BITBUCKET_STEP_OIDC_TOKEN", "of-bitbucket")))
                .isEqualTo("of-bitbucket");
        assertThat(assertion(shell.with("SALLYPORT_TOKEN_FILE", file.toString())))
                .isEqualTo("from-a-file");
        assertThat(assertion(shell, "--platform", "spiffe", "--token-file", file.toString()))
                .isEqualTo("from-a-file");
        assertThat(shell.ctl("token", "x", "--evidence", "nowhere").err())
                .isEqualTo("sallyport: --evidence: nowhere can't be read\n");
    }

    @Test
    void evidence_is_not_shown_to_whoever_says_that_it_is_another_broker() {
        fake.says("/.well-known/oauth-authorization-server", 200, "{\"issuer\":\"https://broker.example\"}", Map.of());
        fake.says("/github", 200, "{\"value\":\"from-github\"}", Map.of());
        Shell job = shell.with("ACTIONS_ID_TOKEN_REQUEST_URL", fake.url() + "/github")
                .with("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "of-the-job");

        Ran ran = job.ctl(TOKEN);

        assertThat(ran.code()).isEqualTo(2);
        assertThat(ran.err()).contains("says that its issuer is https://broker.example");
        assertThat(fake.asked()).singleElement().extracting(Asked::path).isNotEqualTo("/github");
        assertThat(job.ctl("token", "x", "--issuer", "https://broker.example").code())
                .isZero();
    }

    @Test
    void redirects_are_not_followed_and_credentials_go_over_tls_only() {
        fake.says("/oauth2/token", 307, "", Map.of("Location", fake.url() + "/elsewhere"));
        Shell with = shell.with("SALLYPORT_EVIDENCE", "set");

        assertThat(with.ctl(TOKEN).err()).isEqualTo("sallyport: the token endpoint answered 307\n");
        assertThat(with.ctl(TOKEN).code()).isEqualTo(4);
        assertThat(fake.asked()).noneMatch(asked -> asked.path().equals("/elsewhere"));
        Ran plain = shell.with("ACTIONS_ID_TOKEN_REQUEST_URL", "http://platform.example/token")
                .with("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "of-the-job")
                .ctl(TOKEN);
        assertThat(plain.err()).isEqualTo("sallyport: the platform's variable does not hold an https URL\n");
    }

    @Test
    void a_token_can_be_bound_to_a_key_that_only_its_owner_reads() throws Exception {
        fake.says("/oauth2/token", 400, "{\"error\":\"use_dpop_nonce\"}", Map.of("DPoP-Nonce", "n-1"));
        Path key = directory.resolve("key.json");

        Ran ran = shell.with("SALLYPORT_EVIDENCE", "set").ctl("token", "https://x.example", "--dpop", key.toString());

        assertThat(ran.code()).isEqualTo(3);
        SignedJWT proof = SignedJWT.parse(fake.last("/oauth2/token").headers().get("Dpop"));
        assertThat(proof.getJWTClaimsSet().getClaim("htu")).isEqualTo(fake.url() + "/oauth2/token");
        assertThat(proof.getJWTClaimsSet().getClaim("nonce")).isEqualTo("n-1");
        assertThat(proof.getHeader().getJWK().isPrivate()).isFalse();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
                .isEqualTo("rw-------");
        Files.writeString(key, "{}");
        assertThat(shell.with("SALLYPORT_EVIDENCE", "set")
                        .ctl("token", "x", "--dpop", key.toString())
                        .code())
                .isEqualTo(2);
    }

    @Test
    void what_a_broker_writes_does_nothing_to_a_terminal() {
        fake.says(
                "/oauth2/token",
                400,
                "{\"error\":\"invalid_grant\",\"error_description\":\"\\u001b[2Jgone\"}",
                Map.of());

        Ran ran = shell.with("SALLYPORT_EVIDENCE", "set").ctl(TOKEN);

        assertThat(ran.err()).isEqualTo("sallyport: invalid_grant: [2Jgone\n");
        fake.says("/oauth2/token", 200, "{\"access_token\":\"a; rm -rf\"}", Map.of());
        assertThat(shell.with("SALLYPORT_EVIDENCE", "set")
                        .ctl("login", "--scope", "x")
                        .out())
                .isEmpty();
    }

    /** What the broker was shown as evidence. */
    private String assertion(Shell from, String... more) {
        String[] words = new String[TOKEN.length + more.length];
        System.arraycopy(TOKEN, 0, words, 0, TOKEN.length);
        System.arraycopy(more, 0, words, TOKEN.length, more.length);
        Ran ran = from.ctl(fake.uri(), words);
        assertThat(ran.code()).as(ran.err()).isZero();
        return fake.last("/oauth2/token").form("assertion");
    }
}
