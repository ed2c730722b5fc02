package dev.sallyport.api;

import static dev.sallyport.api.RunningBroker.INVOICES;
import static dev.sallyport.api.RunningBroker.JWT_BEARER;
import static dev.sallyport.api.RunningBroker.form;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.SignedJWT;
import dev.sallyport.api.RunningBroker.Answer;
import java.nio.file.Path;
import java.text.ParseException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The door of RFC 8693 and the details of RFC 9396, asked over HTTP. */
class TokenExchangeTest {

    static final String GRANT = "urn:ietf:params:oauth:grant-type:token-exchange";

    private static final String JWT = "urn:ietf:params:oauth:token-type:jwt";
    private static final String ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";

    private static final String BUNDLE = """
            trustProviders:
              - name: ci
                type: github-actions
                issuer: "@platform@"
                keys: { jwksUri: "@platform@/jwks" }
                require: { repository_owner_id: "4242" }
            agents:
              - name: invoice-bot
                kind: workload
                bindings: [ { provider: ci, match: { repository_id: "1001" } } ]
            targets:
              - name: invoices
                resource: https://invoices.example/mcp
                kind: mcp-server
                actions: [ "invoices:read", "tools/call:*" ]
                defaultActions: [ "invoices:read" ]
            policies:
              - name: billing
                effect: allow
                agents: [ { name: invoice-bot } ]
                targets: [ invoices ]
                actions: [ "invoices:read", "tools/call:re*" ]
            """;

    @TempDir
    static Path directory;

    static TestPlatform platform;
    static RunningBroker broker;

    @BeforeAll
    static void start() {
        platform = TestPlatform.start();
        broker = RunningBroker.start(directory, platform, BUNDLE);
    }

    @AfterAll
    static void stop() {
        broker.close();
        platform.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ACCESS_TOKEN})
    void evidence_is_exchanged_for_an_access_token(String requested) {
        Answer answer = ask(good(), JWT, "resource", INVOICES, "requested_token_type", requested);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body())
                .containsOnlyKeys("access_token", "issued_token_type", "token_type", "expires_in", "scope")
                .containsEntry("issued_token_type", ACCESS_TOKEN)
                .containsEntry("token_type", "Bearer");
    }

    @ParameterizedTest
    @CsvSource({
        "requested_token_type, urn:ietf:params:oauth:token-type:id_token, requested_token_type:",
        "actor_token, abc, actor_token:",
        "actor_token_type, urn:ietf:params:oauth:token-type:jwt, actor_token:",
        "assertion, abc, assertion:",
        "client_assertion, abc, client_assertion:"
    })
    void what_is_not_offered_is_refused_by_its_name(String parameter, String value, String part) {
        Answer answer = ask(good(), JWT, "resource", INVOICES, parameter, value);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.error()).isEqualTo("invalid_request");
        assertThat(answer.description()).startsWith(part);
    }

    @ParameterizedTest
    @ValueSource(strings = {"urn:ietf:params:oauth:token-type:access_token", "urn:x"})
    void another_kind_of_subject_token_is_refused(String type) {
        Answer answer = ask(good(), type, "resource", INVOICES);

        assertThat(answer.error()).isEqualTo("invalid_request");
        assertThat(answer.description()).startsWith("subject_token_type:");
    }

    @Test
    void a_target_is_named_by_resource_and_not_by_audience() {
        assertThat(ask(good(), JWT, "audience", "invoices").error()).isEqualTo("invalid_target");
        assertThat(ask(good(), JWT, "audience", "a", "audience", "b", "resource", INVOICES)
                        .error())
                .isEqualTo("invalid_target");
    }

    @Test
    void bad_evidence_is_an_invalid_request_and_an_unknown_workload_is_unauthorized() {
        Answer expired =
                ask(platform.token(broker.issuer(), claims -> claims.put("exp", 1)), JWT, "resource", INVOICES);
        Answer unknown = ask(
                platform.token(broker.issuer(), claims -> claims.put("repository_id", "7")), JWT, "resource", INVOICES);

        assertThat(expired.status()).isEqualTo(400);
        assertThat(expired.error()).isEqualTo("invalid_request");
        assertThat(expired.description()).contains("expired", "(decision ");
        assertThat(unknown.status()).isEqualTo(400);
        assertThat(unknown.error()).isEqualTo("unauthorized_client");
    }

    @Test
    void a_token_of_the_brokers_own_is_no_evidence_at_any_door() {
        String own = String.valueOf(broker.exchange(good()).body().get("access_token"));

        assertThat(ask(own, JWT, "resource", INVOICES).error()).isEqualTo("invalid_request");
        assertThat(broker.exchange(own).error()).isEqualTo("invalid_grant");
    }

    @Test
    void a_token_can_be_for_one_tool_with_limits_of_its_arguments() throws ParseException {
        String details = """
                [{"type":"mcp_tool","tool":"refund","locations":["https://invoices.example/mcp/"],
                  "arguments":{"amount":{"maximum":50,"minimum":0.5},"currency":{"enum":["EUR","USD"]},"dry":{"const":true}}}]
                """;
        Answer answer = detailed(details.replace("\n", ""));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).containsEntry("scope", "tools/call:refund");
        Map<String, Object> claims = SignedJWT.parse(
                        String.valueOf(answer.body().get("access_token")))
                .getPayload()
                .toJSONObject();
        Map<String, Object> detail = Map.of(
                "type",
                "mcp_tool",
                "tool",
                "refund",
                "locations",
                List.of("https://invoices.example/mcp/"),
                "arguments",
                Map.of(
                        "amount", Map.of("maximum", 50L, "minimum", 0.5),
                        "currency", Map.of("enum", List.of("EUR", "USD")),
                        "dry", Map.of("const", true)));
        assertThat(claims)
                .containsEntry("scope", "tools/call:refund")
                .containsEntry("authorization_details", List.of(detail));
        assertThat(answer.body()).containsEntry("authorization_details", List.of(detail));
        assertThat((Map<?, ?>) broker.attempts().getLast().get("input"))
                .extracting("authorization_details")
                .isEqualTo(List.of(detail));
    }

    @Test
    void the_tools_are_added_to_the_scope_and_policy_decides_on_them() {
        String refund = "[{\"type\":\"mcp_tool\",\"tool\":\"refund\"}]";
        String drop = "[{\"type\":\"mcp_tool\",\"tool\":\"drop\"}]";

        assertThat(detailed(refund, "scope", "invoices:read tools/call:refund").body())
                .containsEntry("scope", "invoices:read tools/call:refund");
        assertThat(detailed(drop).error()).isEqualTo("invalid_scope");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | authorization_details: ",
                "[] | authorization_details: ",
                "null | authorization_details: ",
                "[null] | authorization_details[0]: ",
                "[{} | authorization_details: ",
                "[{'type':'payment','tool':'a'}] | authorization_details[0].type: ",
                "[{'type':'mcp_tool'}] | authorization_details[0].tool: ",
                "[{'type':'mcp_tool','tool':5}] | authorization_details: ",
                "[{'type':'mcp_tool','tool':'re*'}] | authorization_details[0].tool: ",
                "[{'type':'mcp_tool','tool':'a b'}] | authorization_details[0].tool: ",
                "[{'type':'mcp_tool','tool':'re','tool':'read'}] | authorization_details: ",
                "[{'type':'mcp_tool','tool':'re'},{'type':'mcp_tool','tool':'re'}] | authorization_details[1].tool: ",
                "[{'type':'mcp_tool','tool':'re','privileges':['x']}] | authorization_details: ",
                "[{'type':'mcp_tool','tool':'re','locations':['https://evil.example']}] | authorization_details[0].locations: ",
                "[{'type':'mcp_tool','tool':'re','locations':[null]}] | authorization_details[0].locations: ",
                "[{'type':'mcp_tool','tool':'re','arguments':{'a':{}}}] | authorization_details[0].arguments.a: ",
                "[{'type':'mcp_tool','tool':'re','arguments':{'a':null}}] | authorization_details[0].arguments.a: ",
                "[{'type':'mcp_tool','tool':'re','arguments':{'a':{'enum':[]}}}] | authorization_details[0].arguments.a.enum: ",
                "[{'type':'mcp_tool','tool':'re','arguments':{'a':{'enum':[null]}}}] | authorization_details[0].arguments.a.enum: ",
                "[{'type':'mcp_tool','tool':'re','arguments':{'a':{'const':{'b':1}}}}] | authorization_details[0].arguments.a.const: ",
                "[{'type':'mcp_tool','tool':'re','arguments':{'a':{'const':'\\ud800'}}}] | authorization_details[0].arguments.a.const: ",
                "[{'type':'mcp_tool','tool':'re','arguments':{'\\ud800':{'const':1}}}] | authorization_details[0].arguments: ",
                "[{'type':'mcp_tool','tool':'re','arguments':{'a':{'maximum':1e999}}}] | authorization_details[0].arguments.a.maximum: ",
                "[{'type':'mcp_tool','tool':'re','arguments':{'a':{'maximum':9007199254740993}}}] | authorization_details[0].arguments.a.maximum: ",
                "[{'type':'mcp_tool','tool':'re','arguments':{'a':{'maximum':'5'}}}] | authorization_details: ",
                "[{'type':'mcp_tool','tool':'re','arguments':{'a':{'pattern':'x'}}}] | authorization_details: ",
                "[{'type':'mcp_tool','tool':'re'}] x | authorization_details: "
            })
    void details_that_are_not_understood_are_refused_with_their_path(String details, String part) {
        Answer answer = detailed(details.replace('\'', '"'));

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.error()).isEqualTo("invalid_authorization_details");
        assertThat(answer.description()).startsWith(part);
    }

    @Test
    void too_many_details_are_refused() {
        String many = "[" + "{\"type\":\"mcp_tool\",\"tool\":\"a\"},".repeat(17).replaceAll(",$", "]");

        assertThat(detailed(many).description()).isEqualTo("authorization_details: must have 1 to 16 elements");
        assertThat(detailed("[" + " ".repeat(5000) + "]").error()).isEqualTo("invalid_request");
    }

    private static Answer detailed(String details, String... more) {
        String form = form("grant_type", JWT_BEARER, "assertion", good(), "resource", INVOICES);
        return broker.post(form + "&" + form("authorization_details", details) + "&" + form(more));
    }

    private static Answer ask(String evidence, String type, String... more) {
        String form = form("grant_type", GRANT, "subject_token", evidence, "subject_token_type", type);
        return broker.post(form + "&" + form(more));
    }

    private static String good() {
        return platform.token(broker.issuer(), claims -> {});
    }
}
