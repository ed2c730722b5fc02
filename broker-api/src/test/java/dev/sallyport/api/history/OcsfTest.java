package dev.sallyport.api.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sallyport.store.LogEntry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Entries as OCSF events; against the class definitions where the environment says where they are. */
class OcsfTest {

    private static final JsonMapper JSON = JsonMapper.shared();

    /** The definitions show these as the base event has them; the class says them by its own numbers. */
    private static final Set<String> BASE = Set.of("/category_uid", "/class_uid");

    private static final String TIME = "\"time\":\"2026-05-01T12:00:00.123Z\"";

    private static final LogEntry ISSUED = entry(
            "{\"commitment\":\"00\",\"expires\":\"2026-05-01T12:05:00Z\",\"jti\":\"j\",\"outcome\":\"issued\"," + TIME
                    + ",\"token_sha256\":\"11\",\"type\":\"issuance\"}",
            "{\"actions\":[\"invoices:read\"],\"agent\":\"bot\",\"attestation\":{\"subject\":\"repo:a\"},"
                    + "\"client_ip\":\"192.0.2.1\",\"decision_id\":\"d\",\"target\":\"invoices\"}");
    private static final LogEntry REFUSED = entry(
            "{\"outcome\":\"refused\"," + TIME + ",\"type\":\"issuance\"}",
            "{\"actions\":[],\"attestation\":{\"subject\":\"repo:a\"},\"client_ip\":\"2001:db8::1\",\"reason\":\"agent\","
                    + "\"reason_detail\":\"no agent\"}");
    private static final LogEntry SUSPENDED = entry(
            "{\"outcome\":\"suspended\"," + TIME + ",\"type\":\"suspension\"}",
            "{\"author\":\"ops\",\"kind\":\"agents\",\"name\":\"bot\"}");
    private static final LogEntry ERASED =
            entry("{\"jti\":\"j\",\"outcome\":\"issued\"," + TIME + ",\"type\":\"issuance\"}", null);
    private static final LogEntry SUMMARY =
            entry("{\"outcome\":\"refused\"," + TIME + ",\"type\":\"refusals\"}", "{\"unproven\":{\"expired\":3}}");
    private static final LogEntry KEY =
            entry("{\"outcome\":\"applied\"," + TIME + ",\"type\":\"key\"}", "{\"kid\":\"k\"}");
    private static final LogEntry ERASURE = entry(
            "{\"outcome\":\"applied\"," + TIME + ",\"type\":\"erasure\"}", "{\"author\":\"ops\",\"entries\":[7]}");
    private static final LogEntry READ =
            entry("{\"outcome\":\"answered\"," + TIME + ",\"type\":\"read\"}", "{\"author\":\"auditor\"}");
    private static final LogEntry ALERT = entry(
            "{\"outcome\":\"raised\"," + TIME + ",\"type\":\"alert\"}",
            "{\"agent\":\"bot\",\"alert\":\"evidence_of_another_key\",\"attempt\":\"d\"}");
    private static final LogEntry UNREADABLE = entry("no JSON", "no JSON");

    static List<LogEntry> entries() {
        return List.of(ISSUED, REFUSED, SUSPENDED, ERASED, SUMMARY, KEY, ERASURE, READ, ALERT, UNREADABLE);
    }

    @Test
    void a_token_is_an_assignment_of_privileges() {
        JsonNode event = event(ISSUED);
        assertThat(event.at("/type_uid").asLong()).isEqualTo(300_301);
        assertThat(event.at("/time").asLong()).isEqualTo(1_777_636_800_123L);
        assertThat(event.at("/user/name").asString()).isEqualTo("bot");
        assertThat(event.at("/user/uid").asString()).isEqualTo("repo:a");
        assertThat(event.at("/privileges").toString()).isEqualTo("[\"invoices:read\"]");
        assertThat(event.at("/session/uid").asString()).isEqualTo("j");
        assertThat(event.at("/session/expiration_time").asLong()).isEqualTo(1_777_637_100_000L);
        assertThat(event.at("/metadata/sequence").asLong()).isEqualTo(41);
        assertThat(event.at("/metadata/correlation_uid").asString()).isEqualTo("d");
        assertThat(event.at("/unmapped/detail/target").asString()).isEqualTo("invoices");
    }

    @Test
    void an_alert_is_severe() {
        JsonNode event = event(ALERT);
        assertThat(event.at("/severity_id").asInt()).isEqualTo(4);
        assertThat(event.at("/api/operation").asString()).isEqualTo("alert raised");
    }

    @Test
    void a_refusal_is_an_authentication_that_failed() {
        JsonNode event = event(REFUSED);
        assertThat(event.at("/type_uid").asLong()).isEqualTo(300_201);
        assertThat(event.at("/status_id").asInt()).isEqualTo(2);
        assertThat(event.at("/status_code").asString()).isEqualTo("agent");
        assertThat(event.at("/src_endpoint/ip").asString()).isEqualTo("2001:db8::1");
    }

    @Test
    void an_admins_change_is_api_activity() {
        JsonNode event = event(SUSPENDED);
        assertThat(event.at("/type_uid").asLong()).isEqualTo(600_303);
        assertThat(event.at("/actor/user/name").asString()).isEqualTo("ops");
        assertThat(event(KEY).at("/actor/app_name").asString()).isEqualTo("Sallyport");
        assertThat(event(ERASURE).at("/type_uid").asLong()).isEqualTo(600_304);
        assertThat(event(READ).at("/type_uid").asLong()).isEqualTo(600_302);
        assertThat(event(READ).at("/actor/user/name").asString()).isEqualTo("auditor");
        assertThat(event(UNREADABLE).at("/type_uid").asLong()).isEqualTo(600_399);
    }

    /** The definitions of OCSF's classes, in a directory above this one; null where nobody put them there. */
    private static @Nullable Path classes() {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            Path file = at.resolve("shared/data/ocsf/classes.json");
            if (Files.exists(file)) {
                return file;
            }
        }
        return null;
    }

    @ParameterizedTest
    @MethodSource("entries")
    void an_event_has_the_shape_of_its_class(LogEntry entry) {
        Path file = classes();
        assumeTrue(file != null, "the class definitions are not here: shapes are not checked");
        JsonNode schema = JSON.readTree(Objects.requireNonNull(file).toFile());
        JsonNode event = event(entry);
        String name = switch (event.at("/class_uid").asInt()) {
            case 3002 -> "authentication";
            case 3003 -> "authorize_session";
            default -> "api_activity";
        };
        List<String> problems = new ArrayList<>();
        check(schema, schema.at("/classes/" + name), event, "", problems);
        assertThat(problems).isEmpty();
        assertThat(event.at("/category_uid").asInt() * 1000
                        + schema.at("/classes/" + name + "/uid").asInt())
                .isEqualTo(event.at("/class_uid").asInt());
        assertThat(event.at("/type_uid").asLong())
                .isEqualTo(event.at("/class_uid").asLong() * 100
                        + event.at("/activity_id").asLong());
    }

    private static void check(JsonNode schema, JsonNode definition, JsonNode object, String at, List<String> problems) {
        definition.at("/attributes").properties().forEach(each -> {
            JsonNode attribute = each.getValue();
            boolean required = attribute.path("requirement").asString("").equals("required");
            if (required && !attribute.has("profile") && !object.has(each.getKey())) {
                problems.add(at + "/" + each.getKey() + " is missing");
            }
        });
        long some = count(definition.at("/constraints/at_least_one"), object);
        long one = count(definition.at("/constraints/just_one"), object);
        if (some == 0 || one == 0 || (definition.at("/constraints").has("just_one") && one != 1)) {
            problems.add(at + " breaks " + definition.at("/constraints"));
        }
        object.properties().forEach(member -> {
            JsonNode attribute = definition.at("/attributes").path(member.getKey());
            value(schema, attribute, member.getValue(), at + "/" + member.getKey(), problems);
        });
    }

    /** How many of the names the object has; -1 without a constraint. */
    private static long count(JsonNode names, JsonNode object) {
        return names.isMissingNode()
                ? -1
                : names.valueStream()
                        .filter(name -> object.has(name.asString()))
                        .count();
    }

    private static void value(JsonNode schema, JsonNode attribute, JsonNode value, String at, List<String> problems) {
        if (attribute.isMissingNode()) {
            problems.add(at + " is not known");
        } else if (attribute.path("is_array").asBoolean(false) != value.isArray()) {
            problems.add(at + " should be an array, or should not");
        } else if (attribute.has("enum")
                && !BASE.contains(at)
                && !attribute.path("enum").has(value.asString())) {
            problems.add(at + " can't be " + value);
        } else if (attribute.path("type").asString().equals("object_t")) {
            JsonNode definition =
                    schema.path("objects").path(attribute.path("object_type").asString());
            if (!at.equals("/unmapped")) {
                check(schema, definition, value, at, problems);
            }
        } else if (List.of("integer_t", "long_t", "timestamp_t")
                        .contains(attribute.path("type").asString())
                != value.isIntegralNumber()) {
            problems.add(at + " has another type than " + attribute.path("type"));
        }
    }

    private static JsonNode event(LogEntry entry) {
        String line = Ocsf.line(entry);
        assertThat(line).endsWith("}\n").hasLineCount(1);
        return JSON.readTree(line);
    }

    private static LogEntry entry(String leaf, @Nullable String detail) {
        return new LogEntry(
                41,
                leaf.getBytes(StandardCharsets.UTF_8),
                detail == null ? null : detail.getBytes(StandardCharsets.UTF_8),
                detail == null ? null : new byte[16],
                detail == null ? 50L : null);
    }
}
