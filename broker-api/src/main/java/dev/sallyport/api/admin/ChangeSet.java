package dev.sallyport.api.admin;

import dev.sallyport.api.admin.Revisions.Revised;
import dev.sallyport.api.lint.Warnings;
import java.util.LinkedHashMap;
import java.util.Map;

/** How an answer tells what a revision changes. */
final class ChangeSet {

    private ChangeSet() {}

    static Map<String, Object> of(Revised revised, boolean dryRun) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("dryRun", dryRun);
        body.put("revision", revised.documents().revision());
        body.put("changes", revised.changes().stream().map(Change::shown).toList());
        tell(revised.warnings(), body);
        return body;
    }

    /** Adds what the lint says. */
    static void tell(Warnings warnings, Map<String, Object> body) {
        body.put("warnings", warnings.shown());
        if (!warnings.complete()) {
            body.put("warningsComplete", false);
        }
    }
}
