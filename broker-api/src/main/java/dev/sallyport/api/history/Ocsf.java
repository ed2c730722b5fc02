package dev.sallyport.api.history;

import dev.sallyport.store.LogEntry;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * An entry as an event of the Open Cybersecurity Schema Framework 1.8.0.
 *
 * <p>A token is Authorize Session (3003), a refusal is Authentication (3002) that failed, all else is API Activity (6003). What
 * has no place there stands under {@code unmapped}, the whole detail among it; {@code metadata.sequence} is the log's index.
 */
final class Ocsf {

    private static final String VERSION = "1.8.0";
    private static final int IAM = 3;
    private static final int APPLICATION = 6;
    private static final int AUTHENTICATION = 3002;
    private static final int AUTHORIZE_SESSION = 3003;
    private static final int API_ACTIVITY = 6003;

    private static final int SUCCESS = 1;
    private static final int FAILURE = 2;
    private static final int INFORMATIONAL = 1;
    private static final int LOW = 2;
    private static final int HIGH = 4;
    private static final int OAUTH_2 = 6;
    private static final int SERVICE = 4;
    private static final int OTHER = 99;

    /** Stands where the schema wants something and the log has it no longer, or never had it. */
    private static final String UNKNOWN = "unknown";

    private final LogEntry entry;
    private final Map<String, @Nullable Object> leaf;
    private final Map<String, @Nullable Object> detail;
    private final Map<String, @Nullable Object> event = new LinkedHashMap<>();

    private Ocsf(LogEntry entry) {
        this.entry = entry;
        this.leaf = IssuanceView.object(entry.leaf());
        this.detail = IssuanceView.object(entry.detail());
    }

    /** The event on one line. */
    static String line(LogEntry entry) {
        return JsonMapper.shared().writeValueAsString(new Ocsf(entry).event()) + "\n";
    }

    private Map<String, @Nullable Object> event() {
        String type = text(leaf, "type");
        String outcome = text(leaf, "outcome");
        switch (type + " " + outcome) {
            case "issuance issued" -> issued();
            case "issuance refused" -> refused(user());
            case "refusals refused" -> refused(Map.of("name", UNKNOWN));
            default -> changed(type, outcome);
        }
        event.put("message", type + " " + outcome);
        event.put("src_endpoint", source());
        event.put("metadata", metadata());
        event.put("unmapped", unmapped());
        return IssuanceView.known(event);
    }

    private void begin(int category, int classUid, int activity, int severity, int status) {
        event.put("category_uid", category);
        event.put("class_uid", classUid);
        event.put("activity_id", activity);
        event.put("type_uid", classUid * 100L + activity);
        event.put("time", millis("time"));
        event.put("severity_id", severity);
        event.put("status_id", status);
    }

    private void issued() {
        begin(IAM, AUTHORIZE_SESSION, 1, INFORMATIONAL, SUCCESS);
        event.put("user", user());
        event.put("privileges", detail.get("actions") instanceof List<?> actions ? actions : List.of(UNKNOWN));
        Map<String, Object> session = new LinkedHashMap<>();
        session.put("uid", text(leaf, "jti"));
        session.put("expiration_time", millis("expires"));
        event.put("session", session);
    }

    private void refused(Map<String, Object> user) {
        begin(IAM, AUTHENTICATION, 1, LOW, FAILURE);
        event.put("auth_protocol_id", OAUTH_2);
        event.put("user", user);
        event.put("service", Map.of("name", text(detail, "target")));
        event.put("status_code", detail.get("reason"));
        event.put("status_detail", detail.get("reason_detail"));
    }

    private void changed(String type, String outcome) {
        int activity = switch (type) {
            case "key" -> 1;
            case "read", "export", "replay" -> 2;
            case "configuration", "suspension", "issuer" -> 3;
            case "erasure" -> 4;
            default -> OTHER;
        };
        int status = outcome.equals("refused") ? FAILURE : SUCCESS;
        begin(APPLICATION, API_ACTIVITY, activity, type.equals("alert") ? HIGH : INFORMATIONAL, status);
        event.put(
                "actor",
                detail.get("author") instanceof String author
                        ? Map.of("user", Map.of("name", author))
                        : Map.of("app_name", "Sallyport"));
        event.put("api", Map.of("operation", type + " " + outcome));
    }

    /** The agent; where it did not get that far, the subject that its platform vouched for. */
    private Map<String, Object> user() {
        String subject =
                detail.get("attestation") instanceof Map<?, ?> proof && proof.get("subject") instanceof String vouched
                        ? vouched
                        : UNKNOWN;
        String name = detail.get("agent") instanceof String agent ? agent : subject;
        return Map.of("name", name, "uid", subject, "type_id", SERVICE);
    }

    private Map<String, Object> source() {
        return detail.get("client_ip") instanceof String ip ? Map.of("ip", ip) : Map.of("name", UNKNOWN);
    }

    private Map<String, @Nullable Object> metadata() {
        Map<String, @Nullable Object> metadata = new LinkedHashMap<>();
        metadata.put("version", VERSION);
        metadata.put("product", Map.of("name", "Sallyport", "vendor_name", "Sallyport"));
        metadata.put("log_name", "sallyport");
        metadata.put("sequence", entry.index());
        metadata.put("correlation_uid", detail.get("decision_id"));
        return IssuanceView.known(metadata);
    }

    private Map<String, @Nullable Object> unmapped() {
        Map<String, @Nullable Object> unmapped = new LinkedHashMap<>();
        unmapped.put("token_sha256", leaf.get("token_sha256"));
        unmapped.put("commitment", leaf.get("commitment"));
        if (entry.detail() == null) {
            unmapped.put("erased", true);
        } else {
            unmapped.put("detail", detail);
        }
        return IssuanceView.known(unmapped);
    }

    private long millis(String name) {
        try {
            return Instant.parse(text(leaf, name)).toEpochMilli();
        } catch (DateTimeException e) {
            return 0;
        }
    }

    private static String text(Map<String, @Nullable Object> object, String name) {
        return Objects.toString(object.get(name), UNKNOWN);
    }
}
