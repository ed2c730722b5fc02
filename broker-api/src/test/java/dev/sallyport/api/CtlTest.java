package dev.sallyport.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.util.JSONObjectUtils;
import com.nimbusds.jwt.SignedJWT;
import dev.sallyport.api.Shell.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command line, against a broker in development mode. */
@ResourceLock(Resources.SYSTEM_OUT)
class CtlTest {

    private static final String BUNDLE = """
        agents:
          - { name: courier, kind: workload, bindings: [ { provider: dev, match: { sub: courier } } ] }
        targets:
          - name: parcels
            resource: https://parcels.example
            kind: api
            actions: [ "parcels:read" ]
            defaultActions: [ "parcels:read" ]
        policies:
          - { name: courier-reads, effect: allow, agents: [ { name: courier } ], targets: [ parcels ], actions: [ "*" ] }
        """;

    private static final String ONBOARDING = """
        agents:
          - name: invoice-bot
            kind: workload
            owner: billing
            bindings: [ { provider: dev, match: { sub: invoice-bot } } ]
        targets:
          - name: invoices
            resource: https://invoices.example/mcp
            kind: mcp-server
            actions: [ "invoices:read", "invoices:write" ]
            defaultActions: [ "invoices:read" ]
        policies:
          - name: bot-reads-invoices
            effect: allow
            agents: [ { name: invoice-bot } ]
            targets: [ invoices ]
            actions: [ "invoices:read" ]
            when: attestation.claims.branch == "main"
        """;

    @TempDir
    static Path directory;

    static TestPlatform platform;
    static RunningBroker broker;
    static Shell shell;

    @BeforeAll
    static void start() {
        platform = TestPlatform.start();
        broker = RunningBroker.start(directory, platform, BUNDLE, List.of("--sallyport.dev=true"));
        shell = Shell.at(directory, broker.issuer());
    }

    @AfterAll
    static void stop() {
        broker.close();
        platform.close();
    }

    @Test
    void a_new_user_onboards_an_agent_and_finds_out_why_it_was_refused() {
        Shell with = shell.typing(ONBOARDING);

        Ran diff = with.ctl("diff", "-f", "-");
        assertThat(diff.out())
                .contains("+ agent invoice-bot\n", "    + owner: billing\n", "+ policy bot-reads-invoices\n")
                .doesNotContain("\u001b");
        assertThat(diff.code()).isEqualTo(1);
        assertThat(with.ctl("apply", "-f", "-", "--dry-run").out())
                .containsPattern("dry run: revision [0-9]+ stays; 3 added");
        assertThat(done(with.ctl("apply", "-f", "-")))
                .containsPattern("\nrevision [0-9]+: 3 added, 0 changed, 0 removed\n$");
        assertThat(done(with.ctl("apply", "-f", "-"))).startsWith("nothing to change: revision ");
        assertThat(done(with.ctl("diff", "-f", "-"))).isEmpty();
        assertThat(done(shell.ctl("get", "agents"))).contains("""
            NAME         KIND      STATUS  OWNER    BINDINGS
            courier      workload  active           dev sub=courier
            developer    workload  active           dev sub=developer
            invoice-bot  workload  active  billing  dev sub=invoice-bot
            """);

        Ran refused =
                shell.ctl("token", "https://invoices.example/mcp", "--as", "invoice-bot", "--claim", "branch=topic");
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.out()).isEmpty();
        assertThat(refused.err()).startsWith("sallyport: invalid_target: ").containsOnlyOnce("\n");
        String id = refused.err().replaceAll("(?s).*decision ([0-9a-f-]{36}).*", "$1");

        await().untilAsserted(() -> assertThat(done(shell.ctl("audit", "search", "--agent", "invoice-bot")))
                .contains("refused  " + id + "  invoice-bot  invoices  target"));
        assertThat(done(shell.ctl("explain", id)))
                .contains("deny by revision ")
                .contains("bot-reads-invoices     allow   no       the condition is false")
                .contains("attestation.claims.branch  topic\n")
                .contains("It would be permitted with:\n  attestation.claims.branch == \"main\"");

        Ran token = shell.ctl("token", "https://invoices.example/mcp", "--as", "invoice-bot", "--claim", "branch=main");
        assertThat(claim(done(token).strip(), "scope")).isEqualTo("invoices:read");
        assertThat(shell.ctl("apply", "-f", "-").code()).as("nothing typed").isEqualTo(2);
    }

    @Test
    void candidates_are_replayed_on_what_happened() {
        assertThat(done(shell.ctl("token", "https://parcels.example", "--as", "courier")))
                .isNotBlank();
        Shell removing = shell.typing("changes: { remove: [ courier-reads ] }");
        Shell changing = shell.typing("""
            changes:
              put:
                - { name: courier-reads, effect: allow, agents: [ { name: courier } ], targets: [ parcels ], actions: [ "parcels:*" ] }
            """);

        Ran denied = removing.ctl("replay", "-f", "-", "--last", "P1D");
        assertThat(denied.out())
                .startsWith("decided ")
                .containsPattern("denied +[1-9][0-9]* +courier +parcels +parcels:read ");
        assertThat(denied.code()).isEqualTo(1);
        assertThat(done(changing.ctl("replay", "-f", "-", "--last", "P1D")))
                .contains("unreadable 0\n")
                .doesNotContain("denied ");
        assertThat(shell.typing("[]").ctl("replay", "-f", "-").code()).isEqualTo(2);
    }

    @Test
    void a_made_up_request_is_decided_with_an_exit_code() {
        Ran permit = shell.ctl("simulate", "--agent", "courier", "--target", "parcels", "--claim", "depot=7");
        Ran deny = shell.typing("{ agent: developer, target: parcels }").ctl("simulate", "-f", "-", "-o", "json");

        assertThat(done(permit)).startsWith("permit by revision ").contains("parcels:read, ttl PT5M\n");
        assertThat(deny.code()).isEqualTo(1);
        assertThat(json(deny.out())).containsEntry("outcome", "deny");
        assertThat(shell.ctl("simulate", "--agent", "courier").err()).isEqualTo("sallyport: --target: is missing\n");
    }

    @Test
    void the_kill_switch_stops_an_agent_until_it_is_resumed() {
        assertThat(done(shell.ctl("suspend", "agent", "courier", "--reason", "lost its van")))
                .startsWith("agent courier is suspended since ")
                .endsWith(": lost its van\n");
        assertThat(parcels().code()).isEqualTo(3);
        assertThat(done(shell.ctl("resume", "agents", "courier"))).isEqualTo("agent courier is active\n");
        assertThat(parcels().code()).isZero();
        assertThat(shell.ctl("suspend", "policy", "courier-reads", "--reason", "x")
                        .err())
                .contains("a policy can't be suspended");
        assertThat(shell.ctl("resume", "agent", "nobody").err()).isEqualTo("sallyport: there is no such agent\n");
    }

    @Test
    void tokens_are_revoked_and_their_receipts_printed() {
        String token = done(parcels()).strip();
        String jti = claim(token, "jti");

        assertThat(done(shell.typing(token).ctl("audit", "receipt", "-"))).startsWith("c2sp.org/tlog-proof@v1\n");
        assertThat(json(done(shell.ctl("audit", "receipt", jti, "-o", "json")))).containsKeys("index", "proof");
        assertThat(done(shell.ctl("audit", "tail", "-n", "1", "--agent", "courier")))
                .contains(jti)
                .contains("issued");
        assertThat(done(shell.ctl("revoke", "--jti", jti, "--reason", "a test")))
                .startsWith("revoked, by entry ");
        assertThat(done(shell.ctl("audit", "events", "--type", "revocation"))).contains("revocation", jti);
        assertThat(shell.ctl("revoke").code()).as("nothing named").isEqualTo(2);
    }

    @Test
    void what_the_api_answers_is_printed_as_it_is() {
        assertThat(json(done(shell.ctl("get", "targets", "parcels", "-o", "json"))))
                .containsEntry("name", "parcels")
                .containsEntry("status", "active");
        assertThat(json(done(shell.ctl("get", "policies", "-o", "json")))).containsKey("items");
        assertThat(done(shell.ctl("get", "agent", "courier"))).contains("name: courier\n", "  sub: courier\n");
        assertThat(done(shell.ctl("get", "-o", "yaml"))).contains("trustProviders:\n", "- name: parcels\n");
        assertThat(done(shell.ctl("get", "keys"))).contains("active");
        assertThat(done(shell.ctl("get", "revisions"))).startsWith("NUMBER  CREATED");
    }

    @Test
    void a_document_is_removed_unless_others_name_it() {
        Shell with = shell.typing("""
            targets: [ { name: letters, resource: "https://letters.example", kind: api, actions: [ "read" ] } ]
            policies:
              - { name: reads-letters, effect: deny, agents: [ { name: courier } ], targets: [ letters ], actions: [ read ] }
            """);
        assertThat(with.ctl("apply", "-f", "-").code()).isZero();

        Ran referred = shell.ctl("delete", "target", "letters");
        assertThat(referred.code()).isEqualTo(1);
        assertThat(referred.err()).contains("policy reads-letters");
        assertThat(done(shell.ctl("delete", "policy", "reads-letters"))).isEqualTo("policy reads-letters is removed\n");
        assertThat(shell.ctl("delete", "target", "letters").code()).isZero();
    }

    @Test
    void a_mistake_in_a_document_is_told_by_its_name_and_field() {
        Ran unknown = shell.typing(
                        "agents: [ { name: stray, kind: workload, bindings: [ { provider: nowhere, match: { a: b } } ]"
                                + " } ]")
                .ctl("apply", "-f", "-");
        assertThat(unknown.code()).isEqualTo(2);
        assertThat(unknown.err())
                .isEqualTo("sallyport: agents stray: bindings[0].provider: no trust provider is named nowhere\n");
        assertThat(shell.typing("agent: []").ctl("apply", "-f", "-").err())
                .startsWith("sallyport: standard input: agent: is not a known field");
        assertThat(shell.typing("agents: [ { kind: workload } ]")
                        .ctl("diff", "-f", "-")
                        .err())
                .isEqualTo("sallyport: standard input: agents[0].name: is missing\n");
    }

    @Test
    void a_login_is_a_line_for_the_shell_and_works_with_the_scopes_that_were_asked_for() {
        Ran login = shell.ctl("login", "--scope", "directory:read");
        assertThat(done(login)).startsWith("export SALLYPORT_TOKEN=eyJ").containsOnlyOnce("\n");
        assertThat(login.err()).contains("by dev, good for ").doesNotContain("eyJ");
        Shell in = shell.with("SALLYPORT_TOKEN", login.out().strip().substring("export SALLYPORT_TOKEN=".length()));

        assertThat(in.ctl("get", "agents").code()).isZero();
        Ran policies = in.ctl("get", "policies");
        assertThat(policies.code()).isEqualTo(3);
        assertThat(policies.err()).isEqualTo("sallyport: the token lacks a scope that this needs: policy:read\n");
        assertThat(done(in.ctl("doctor"))).contains("token       ok").contains("directory:read");
        assertThat(claim(done(shell.ctl("login")).strip().split("=", 2)[1], "scope"))
                .contains("system:write", "audit:read");
        assertThat(shell.onTerminal(0).ctl("login").err()).contains("Rather: eval");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        http://broker.example | 2 | --broker: http://broker.example would carry tokens in the clear
        ftp://broker.example  | 2 | --broker: must be an http or https URL
        http://localhost:1    | 4 | http://localhost:1 can't be reached
        """)
    void a_broker_that_can_not_be_spoken_to_has_its_own_exit_code(String url, int code, String reason) {
        Ran ran = Shell.at(directory, url).ctl("get", "agents", "--env", "HOME_TOKEN");
        Ran given = Shell.at(directory, url).with("SALLYPORT_TOKEN", "t").ctl("get", "agents");

        assertThat(given.code()).isEqualTo(code);
        assertThat(given.err()).startsWith("sallyport: " + reason);
        assertThat(ran.code()).isEqualTo(2);
    }

    @Test
    void mistakes_of_usage_and_tokens_that_do_not_count_have_theirs() {
        assertThat(shell.ctl().code()).isEqualTo(2);
        assertThat(shell.ctl("get", "--nonsense").err()).startsWith("sallyport: Unknown option");
        assertThat(shell.ctl("get", "gadgets").err()).contains("gadgets is none; there are trust-providers");
        assertThat(shell.ctl("explain", "42").err()).contains("must be a jti or a decision id");
        Ran forged = shell.with("SALLYPORT_TOKEN", "eyJhbGciOiJub25lIn0.e30.").ctl("get", "agents");
        assertThat(forged.code()).isEqualTo(3);
        assertThat(forged.err()).contains("the token does not count").doesNotContain("eyJ");
        assertThat(Shell.at(directory.resolve("elsewhere"), broker.issuer())
                        .ctl("get", "agents")
                        .err())
                .startsWith("sallyport: there is no evidence here");
    }

    @Test
    void tables_are_no_wider_than_the_terminal() {
        Ran narrow = shell.onTerminal(30).ctl("get", "policies");

        assertThat(done(narrow).lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(30));
        assertThat(shell.onTerminal(80)
                        .typing(ONBOARDING.replace("billing", "sales"))
                        .ctl("diff", "-f", "-")
                        .out())
                .contains("\u001b[32m    + owner: sales");
    }

    @Test
    void a_doctor_looks_at_a_broker_and_at_a_bundle() throws IOException {
        Ran well = shell.ctl("doctor", "--management", management());
        assertThat(done(well)).contains("metadata    ok", "clock       ok", "keys        ok", "readiness   ok");
        assertThat(shell.ctl("doctor", "--management", "http://localhost:1").code())
                .isEqualTo(1);

        Path bundle = directory.resolve("checked.yaml");
        Files.writeString(bundle, """
            trustProviders: [ { name: ci, type: github-actions, require: { repository_owner_id: "4242" } } ]
            agents: [ { name: bot, kind: workload, bindings: [ { provider: ci, match: { repository_id: "1" } } ] } ]
            """);
        assertThat(done(shell.ctl("doctor", "--bundle", bundle.toString())))
                .contains("compiles       ok", "admin          note");
        Files.writeString(bundle, "trustProviders: [ { name: ci, type: github-actions } ]\n");
        Ran shared = shell.ctl("doctor", "--bundle", bundle.toString());
        assertThat(shared.code()).isEqualTo(1);
        assertThat(shared.out()).contains("failed  trustProviders[0].require");
        Files.writeString(bundle, "agents: [ { name: bot } ]\n");
        assertThat(shell.ctl("doctor", "--bundle", bundle.toString()).code()).isEqualTo(2);
    }

    @Test
    void a_shell_can_complete_the_commands() {
        assertThat(done(shell.ctl("completion", "bash"))).contains("complete ", "simulate", "--evidence");
    }

    private static Ran parcels() {
        return shell.ctl("token", "https://parcels.example", "--as", "courier");
    }

    private static String management() {
        return "http://localhost:" + broker.context().getEnvironment().getRequiredProperty("local.management.port");
    }

    private static String done(Ran ran) {
        assertThat(ran.code()).as(ran.err()).isZero();
        return ran.out();
    }

    private static Map<String, Object> json(String text) {
        try {
            return JSONObjectUtils.parse(text);
        } catch (ParseException e) {
            throw new AssertionError(text, e);
        }
    }

    private static String claim(String token, String name) {
        try {
            return String.valueOf(SignedJWT.parse(token).getJWTClaimsSet().getClaim(name));
        } catch (ParseException e) {
            throw new AssertionError(e);
        }
    }
}
