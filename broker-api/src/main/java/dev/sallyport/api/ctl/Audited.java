package dev.sallyport.api.ctl;

import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Access attempts as people read them. */
final class Audited {

    private static final Pattern UUID =
            Pattern.compile("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");

    private Audited() {}

    /** A jti or a decision id. */
    static String id(String given) throws Failure {
        if (!UUID.matcher(given).matches()) {
            throw Failure.badInput("ID: must be a jti or a decision id, such as 019c63f5-1e21-7aa0-8f10-2f6f5f3f9a01");
        }
        return given;
    }

    /** The id stands where a narrow terminal still shows it. */
    static Table table() {
        return new Table("TIME", "OUTCOME", "ID", "AGENT", "TARGET", "REASON", "ACTIONS");
    }

    /** One attempt; its id is what {@code ctl explain} takes. */
    static String[] row(JsonNode attempt) {
        String jti = Fields.text(attempt, "jti");
        return new String[] {
            Fields.time(attempt, "time"),
            Fields.text(attempt, "outcome"),
            jti.isEmpty() ? Fields.text(attempt, "decisionId") : jti,
            orDash(Fields.text(attempt, "agent")),
            orDash(Fields.text(attempt, "target")),
            orDash(Fields.text(attempt, "reason")),
            Fields.text(attempt, "actions")
        };
    }

    private static String orDash(String text) {
        return text.isEmpty() ? "-" : text;
    }
}
