package dev.sallyport.api.ctl;

import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/**
 * Something that the API lists, and what people want to see of it.
 *
 * @param path its place below {@code /v1/}
 * @param scope what reading it needs
 * @param columns the members that are shown, in this order
 */
record Listing(String path, List<String> scope, List<String> columns) {

    private static final List<Listing> ALL = List.of(
            new Listing("trust-providers", List.of("directory:read"), List.of("name", "type", "status", "issuer")),
            new Listing("agents", List.of("directory:read"), List.of("name", "kind", "status", "owner", "bindings")),
            new Listing("targets", List.of("directory:read"), List.of("name", "kind", "status", "resource", "actions")),
            new Listing(
                    "policies",
                    List.of("policy:read"),
                    List.of("name", "effect", "agents", "targets", "actions", "when")),
            new Listing("revisions", List.of("directory:read", "policy:read"), List.of("number", "created", "author")),
            new Listing("keys", List.of("operations:read"), List.of("kid", "alg", "purpose", "status")),
            new Listing("discovered", List.of("audit:read"), List.of("lastSeen", "count", "provider", "subject")));

    /** The listing of that name, in the singular or the plural. */
    static Listing of(String word) throws Failure {
        String given = word.toLowerCase(Locale.ROOT);
        return ALL.stream()
                .filter(each -> given.equals(each.path) || given.equals(each.singular()))
                .findFirst()
                .orElseThrow(() -> Failure.badInput("KIND: " + Table.plain(word) + " is none; there are "
                        + String.join(", ", ALL.stream().map(Listing::path).toList())));
    }

    private String singular() {
        return path.equals("policies") ? "policy" : path.replaceFirst("s$", "");
    }

    /** Whether it comes in pages. */
    boolean paged() {
        return !path.equals("keys");
    }

    String[] scopes() {
        return scope.toArray(String[]::new);
    }

    Table table() {
        return new Table(columns.stream()
                .map(each -> each.replaceAll("([A-Z])", "-$1").toUpperCase(Locale.ROOT))
                .toArray(String[]::new));
    }

    void add(Table table, JsonNode item) {
        table.add(columns.stream().map(column -> cell(item, column)).toArray(String[]::new));
    }

    private static String cell(JsonNode item, String column) {
        JsonNode value = item.path(column);
        return switch (column) {
            case "bindings", "agents" -> objects(value);
            case "created", "lastSeen" -> Fields.time(item, column);
            default -> Fields.text(value);
        };
    }

    /** Objects in a list without the signs of JSON, such as {@code kind=workload}. */
    private static String objects(JsonNode list) {
        StringBuilder text = new StringBuilder();
        for (JsonNode each : list) {
            text.append(text.isEmpty() ? "" : "; ");
            text.append(String.join(
                    " ",
                    Fields.flat(each).entrySet().stream()
                            .map(field -> field.getKey().equals("name")
                                            || field.getKey().equals("provider")
                                    ? field.getValue()
                                    : field.getKey().replaceFirst("^match\\.", "") + "=" + field.getValue())
                            .toList()));
        }
        return text.toString();
    }
}
