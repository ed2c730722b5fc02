package dev.sallyport.api.lint;

import dev.sallyport.policy.Finding;
import dev.sallyport.policy.Finding.Document;
import dev.sallyport.policy.Finding.Place;
import dev.sallyport.policy.Lint;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * What the lint says of a configuration, for an answer.
 *
 * @param complete whether all was looked at
 */
public record Warnings(List<Finding> all, boolean complete) {

    public static final Warnings NONE = new Warnings(List.of(), true);

    public Warnings {
        all = List.copyOf(all);
    }

    public static Warnings of(Lint.Findings findings) {
        return new Warnings(findings.all(), findings.complete());
    }

    public Warnings only(Predicate<Finding> wanted) {
        return new Warnings(all.stream().filter(wanted).toList(), complete);
    }

    /** As answers have them. */
    public List<Map<String, Object>> shown() {
        return all.stream().map(Warnings::shown).toList();
    }

    private static Map<String, Object> shown(Finding finding) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("code", finding.code());
        shown.put("document", shown(finding.document()));
        shown.put("place", shown(finding.place()));
        shown.put("message", finding.message());
        if (!finding.related().isEmpty()) {
            shown.put("related", finding.related().stream().map(Warnings::shown).toList());
        }
        shown.put("documentation", finding.documentation());
        return shown;
    }

    private static Map<String, Object> shown(Document document) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("kind", document.kind());
        shown.put("name", document.name());
        return shown;
    }

    private static Map<String, Object> shown(Place place) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("field", place.field());
        if (place.line() > 0) {
            shown.put("line", place.line());
            shown.put("column", place.column());
        }
        return shown;
    }
}
