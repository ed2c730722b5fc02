package dev.sallyport.api.ctl;

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/** Shows what differs between two configurations, document by document and field by field. */
final class Differences {

    private static final String RED = "\u001b[31m";
    private static final String GREEN = "\u001b[32m";
    private static final String PLAIN = "\u001b[0m";

    private final Surroundings surroundings;
    private final Consumer<String> out;

    Differences(Surroundings surroundings, Consumer<String> out) {
        this.surroundings = surroundings;
        this.out = out;
    }

    /** Shows the changes of an answer. */
    void show(JsonNode changes) {
        for (JsonNode change : changes) {
            String name = Fields.text(change, "kind") + " " + Fields.text(change, "name");
            switch (Fields.text(change, "change")) {
                case "added" -> line("+ ", name);
                case "removed" -> line("- ", name);
                default -> line("~ ", name);
            }
            if (!change.path("after").isMissingNode()) {
                fields(Fields.flat(change.path("before")), Fields.flat(change.path("after")));
            }
        }
    }

    private void fields(Map<String, String> before, Map<String, String> after) {
        Set<String> paths = new LinkedHashSet<>(before.keySet());
        paths.addAll(after.keySet());
        paths.remove("");
        paths.remove("name");
        for (String path : paths) {
            String old = before.get(path);
            String fresh = after.get(path);
            if (old != null && !old.equals(fresh)) {
                line("    - ", path + ": " + old);
            }
            if (fresh != null && !fresh.equals(old)) {
                line("    + ", path + ": " + fresh);
            }
        }
    }

    private void line(String sign, String text) {
        String line = Table.cut(sign + Table.plain(text), surroundings.columns());
        out.accept(surroundings.colours() ? colour(sign) + line + PLAIN : line);
    }

    private static String colour(String sign) {
        return switch (sign.strip()) {
            case "+" -> GREEN;
            case "-" -> RED;
            default -> PLAIN;
        };
    }

    /** How many of each, in words. */
    static String counted(JsonNode changes) {
        int added = 0;
        int removed = 0;
        for (JsonNode change : changes) {
            added += Fields.text(change, "change").equals("added") ? 1 : 0;
            removed += Fields.text(change, "change").equals("removed") ? 1 : 0;
        }
        return added + " added, " + (changes.size() - added - removed) + " changed, " + removed + " removed";
    }
}
