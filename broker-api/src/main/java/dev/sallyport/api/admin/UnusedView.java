package dev.sallyport.api.admin;

import dev.sallyport.api.admin.Tightening.Fate;
import dev.sallyport.api.admin.Tightening.Finding;
import dev.sallyport.api.admin.Tightening.Proof;
import dev.sallyport.api.admin.Tightening.Proven;
import dev.sallyport.api.document.Documents;
import dev.sallyport.api.replay.Usage.Scan;
import dev.sallyport.core.Names;
import dev.sallyport.core.policy.Policy;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What nobody uses, as it is answered. */
final class UnusedView {

    private UnusedView() {}

    static Map<String, Object> of(Proven proven) {
        List<Finding> findings = proven.findings();
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("from", proven.from().toString());
        view.put("scanned", scan(proven.scan()));
        view.put("items", findings.stream().map(UnusedView::finding).toList());
        view.put(
                "changes",
                Map.of(
                        "put",
                        findings.stream()
                                .filter(finding -> finding.fate() == Fate.TIGHTEN)
                                .map(finding -> Documents.fields(Objects.requireNonNull(finding.tightened())))
                                .toList(),
                        "remove",
                        findings.stream()
                                .filter(finding -> finding.fate() == Fate.REMOVE)
                                .map(finding -> finding.held().document().name())
                                .toList()));
        view.put("replay", proof(proven.proof()));
        return view;
    }

    private static Map<String, Object> scan(Scan scan) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("fromIndex", scan.range().from());
        view.put("toIndex", scan.range().to());
        view.put("entries", scan.next() - scan.range().from());
        view.put("decisions", scan.decisions());
        view.put("erased", scan.erased());
        view.put("unreadable", scan.unreadable());
        view.put("complete", scan.complete());
        if (scan.first() > 0) {
            view.put("archivedBefore", scan.first());
        }
        return view;
    }

    private static Map<String, Object> proof(Proof proof) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("decisions", proof.decisions());
        view.put("newlyDenied", proof.denied());
        view.put("already", proof.already());
        view.put("gone", proof.gone());
        view.put("complete", proof.complete());
        return view;
    }

    private static Map<String, Object> finding(Finding finding) {
        Policy policy = finding.use().policy();
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("policy", policy.name());
        view.put("effect", policy.effect().toString());
        view.put("since", finding.since().toString());
        view.put("young", finding.young());
        view.put("used", finding.use().count());
        Instant last = finding.use().last();
        if (last != null) {
            view.put("lastUsed", last.toString());
        }
        view.put(
                "unused",
                Map.of(
                        "agents",
                        finding.use().unusedAgents().stream()
                                .map(Documents::fields)
                                .toList(),
                        "targets",
                        finding.use().unusedTargets(),
                        "actions",
                        finding.use().unusedActions()));
        boolean proposes = finding.fate() == Fate.TIGHTEN || finding.fate() == Fate.REMOVE;
        view.put("proposal", proposes ? Names.label(finding.fate()) : "none");
        if (!proposes) {
            view.put("reason", Names.label(finding.fate()));
        }
        view.put("etag", Preconditions.tag(finding.held().since()));
        if (finding.tightened() != null) {
            view.put("tightened", Documents.fields(finding.tightened()));
        }
        return view;
    }
}
