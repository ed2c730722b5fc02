package dev.sallyport.api.ctl;

import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/** Shows people why something was, or would be, decided. */
final class Decision {

    private final JsonNode answer;
    private final int columns;
    private final Consumer<String> out;

    Decision(JsonNode answer, int columns, Consumer<String> out) {
        this.answer = answer;
        this.columns = columns;
        this.out = out;
    }

    boolean permitted() {
        return Fields.text(answer, "outcome").equals("permit");
    }

    void show() {
        out.accept(outcome());
        trace();
        counterfactual();
    }

    private String outcome() {
        String revision = " by revision " + Fields.text(answer, "revision");
        if (!permitted()) {
            return "deny" + revision;
        }
        JsonNode constraints = answer.path("constraints");
        String proofs = Fields.text(constraints, "proofs");
        return "permit" + revision + ": " + Fields.text(answer, "actions") + ", ttl " + Fields.text(constraints, "ttl")
                + (proofs.isEmpty() ? "" : ", bound by " + proofs);
    }

    private void trace() {
        Table table = new Table("POLICY", "EFFECT", "APPLIES", "WHY");
        for (JsonNode step : answer.path("trace")) {
            boolean matched = step.path("matched").asBoolean(false);
            String failed = Fields.text(step, "failed");
            table.add(
                    Fields.text(step, "policy"),
                    Fields.text(step, "effect"),
                    matched ? "yes" : "no",
                    Fields.text(step, "reason") + (failed.isEmpty() ? "" : ": " + failed));
        }
        out.accept("");
        table.lines(columns).forEach(out);
        if (answer.path("omitted").asInt(0) > 0) {
            out.accept("and " + answer.path("omitted").asInt() + " policies that are further away");
        }
        values();
    }

    /** What the conditions have read, which is what a claim that is wrong shows in. */
    private void values() {
        Table table = new Table("VALUE", "IS");
        answer.path("trace")
                .forEach(step -> step.path("values").properties().forEach(value -> {
                    String is = Fields.text(value.getValue());
                    table.addOnce(value.getKey(), is);
                }));
        if (!table.isEmpty()) {
            out.accept("");
            table.lines(columns).forEach(out);
        }
    }

    private void counterfactual() {
        JsonNode changes = answer.path("counterfactual");
        if (changes.isEmpty()) {
            return;
        }
        out.accept("");
        out.accept(permitted() ? "It would be refused with:" : "It would be permitted with:");
        for (JsonNode change : changes) {
            out.accept(Table.cut(
                    "  "
                            + Table.plain(Fields.text(change, "predicate") + "  (policy "
                                    + Fields.text(change, "policy") + ")"),
                    columns));
        }
    }
}
