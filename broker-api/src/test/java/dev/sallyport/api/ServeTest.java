package dev.sallyport.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.context.ConfigurableApplicationContext;
import picocli.CommandLine;

/** How {@code serve} turns down what it is given: exit code 2, and one line that names the field. */
@ResourceLock(Resources.SYSTEM_ERR)
class ServeTest {

    private static final String GOOD = """
            trustProviders:
              - { name: ci, type: oidc, issuer: https://ci.example, keys: { jwksUri: https://ci.example/jwks } }
            agents:
              - { name: bot, kind: workload, bindings: [ { provider: ci, match: { sub: x } } ] }
            targets:
              - { name: invoices, resource: https://invoices.example, kind: api, actions: [ a ] }
            policies:
              - { name: p, effect: allow, agents: [ { name: bot } ], targets: [ invoices ], actions: [ a ] }
            """;

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "kind: workload | kind: robot | agents[0].kind",
                "kind: workload | kind: workload, colour: blue | agents[0].colour",
                "name: bot, | name: Bot, | agents[0].name",
                "provider: ci, match | provider: nobody, match | agents[0].bindings[0].provider",
                "match: { sub: x } | match: { sub: '*' } | agents[0].bindings[0].match",
                "match: { sub: x } | match: {} | agents[0].bindings[0].match",
                "type: oidc | type: kerberos | trustProviders[0].type",
                "keys: { jwksUri: https://ci.example/jwks } | keys: {} | trustProviders[0].keys",
                "resource: https://invoices.example | resource: invoices | targets[0].resource",
                "resource: https://invoices.example | resource: http://localhost:8123/v1 | targets[0].resource",
                "actions: [ a ] } | actions: [] } | targets[0].actions",
                "effect: allow | effect: maybe | policies[0].effect",
                "effect: allow | effect: allow, when: 'agent.nme == action' | policies[0].when: ",
                "effect: allow | effect: allow, when: 'action ==' | policies[0].when: ",
                "targets: [ invoices ] | targets: [ nowhere ] | policies[0].targets[0]",
                "agents: [ { name: bot } ] | agents: [ {} ] | policies[0].agents[0]",
                "agents: [ { name: bot } ] | agents: [ { name: botty } ] | policies[0].agents[0].name",
                "effect: allow | effect: allow, effect: deny | effect",
                "policies: | policys: | policys"
            })
    void a_bundle_that_breaks_a_rule_is_refused_with_the_path_of_the_field(String from, String to, String field)
            throws IOException {
        assertThat(GOOD).contains(from);
        Path bundle = directory.resolve("bundle.yaml");
        Files.writeString(bundle, GOOD.replace(from, to));

        Ended ended = serve("--port", "8123", "--bootstrap", bundle.toString());

        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.lastLine())
                .startsWith("sallyport: configuration error: ")
                .contains(field);
    }

    @Test
    void options_that_can_not_be_are_refused_by_name() {
        assertThat(serve("--port", "99999").lastLine()).contains("port");
        assertThat(serve("--port", "many").lastLine()).contains("port").contains("many");
        assertThat(serve("--issuer", "not a url").lastLine()).contains("issuer");
        assertThat(serve("--issuer", "https://broker.example/").lastLine()).contains("issuer");
        assertThat(serve("--bootstrap", "nowhere.yaml").lastLine()).contains("nowhere.yaml");
        assertThat(serve("--colour", "blue").code()).isEqualTo(2);
        assertThat(serve("--colour.of=blue").lastLine()).contains("--colour.of=blue");
        assertThat(serve("--dpop-nonce", "sometimes").lastLine()).contains("dpop-nonce");
    }

    @ParameterizedTest
    @CsvSource({
        "--trusted-proxy, 0.0.0.0/0, trusted-proxy",
        "--trusted-proxy, proxy.example, trusted-proxy",
        "--client-certificate-header, Client-Cert, client-certificate-header",
        "--port, '0 --server.forward-headers-strategy=native', server.forward-headers-strategy",
        "--port, '0 --server.tomcat.remoteip.remote-ip-header=x', server.tomcat.remoteip.remote-ip-header"
    })
    void settings_that_would_believe_anybodys_headers_are_refused(String option, String value, String field) {
        List<String> arguments = new ArrayList<>(List.of(option));
        arguments.addAll(Arrays.asList(value.split(" ")));

        Ended ended = serve(arguments.toArray(String[]::new));

        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.lastLine()).contains(field + ": ");
    }

    @Test
    void a_different_issuer_by_accident_is_refused_and_by_intent_accepted() {
        try (var first = start("--sallyport.issuer=https://broker.example")) {
            assertThat(first.isRunning()).isTrue();
        }
        assertThat(serve("--port", "0").lastLine()).contains("issuer").contains("https://broker.example");
        try (var changed = start("--sallyport.issuer=https://other.example")) {
            assertThat(changed.isRunning()).isTrue();
        }
    }

    @Test
    void a_first_start_that_was_killed_is_begun_anew_and_a_finished_one_never() throws IOException {
        Path data = directory.resolve("data");
        Files.createDirectories(data.resolve("postgres"));
        Files.writeString(data.resolve("first-start-unfinished"), "");
        try (var begun = start("--sallyport.issuer=https://broker.example")) {
            assertThat(begun.isRunning()).isTrue();
        }
        Files.delete(data.resolve("pgpass"));
        Files.delete(data.resolve("superuser-password"));

        Ended ended = serve("--port", "0", "--issuer", "https://broker.example");

        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.lastLine()).contains("superuser-password");
        assertThat(data.resolve("postgres").resolve("PG_VERSION")).exists();
    }

    private ConfigurableApplicationContext start(String issuer) {
        return ServeCommand.start(List.of(
                "--sallyport.port=0",
                "--sallyport.management-port=0",
                "--sallyport.data=" + directory.resolve("data"),
                issuer));
    }

    private record Ended(int code, String lastLine) {}

    private Ended serve(String... options) {
        PrintStream stderr = System.err;
        ByteArrayOutputStream captured = new ByteArrayOutputStream();
        try {
            System.setErr(new PrintStream(captured, true, StandardCharsets.UTF_8));
            CommandLine serve = new CommandLine(new ServeCommand());
            serve.setErr(new PrintWriter(captured, true, StandardCharsets.UTF_8));
            String[] all = Arrays.copyOf(options, options.length + 4);
            all[options.length] = "--data";
            all[options.length + 1] = directory.resolve("data").toString();
            all[options.length + 2] = "--management-port";
            all[options.length + 3] = "0";
            int code = serve.execute(all);
            String[] lines = captured.toString(StandardCharsets.UTF_8).strip().split("\n", -1);
            return new Ended(code, lines[lines.length - 1]);
        } finally {
            System.setErr(stderr);
        }
    }
}
