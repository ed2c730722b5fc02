package dev.sallyport.api.decision;

import dev.sallyport.api.document.Kind;
import dev.sallyport.api.state.Loaded;
import dev.sallyport.policy.Access;
import dev.sallyport.policy.Access.Via;
import dev.sallyport.policy.AccessChange;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Rows of who could reach what, as they are answered. */
final class AccessView {

    private AccessView() {}

    /** A row, with what of it is suspended now. */
    static Map<String, Object> row(Access row, Loaded now) {
        Map<String, Object> view = row(row);
        List<String> suspended = Stream.of(Kind.AGENT, Kind.TARGET)
                .filter(kind -> now.suspension(kind, kind == Kind.AGENT ? row.agent() : row.target())
                        .isPresent())
                .map(Kind::label)
                .toList();
        if (!suspended.isEmpty()) {
            view.put("suspended", suspended);
        }
        return view;
    }

    static Map<String, Object> change(AccessChange change) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("agent", change.place().agent());
        view.put("target", change.place().target());
        view.put("action", change.place().action());
        view.put("change", change.before() == null ? "gained" : change.after() == null ? "lost" : "changed");
        if (change.before() != null) {
            view.put("before", row(change.before()));
        }
        if (change.after() != null) {
            view.put("after", row(change.after()));
        }
        return view;
    }

    private static Map<String, Object> row(Access row) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("agent", row.agent());
        view.put("target", row.target());
        view.put("action", row.action());
        view.put("access", row.always() ? "always" : "conditional");
        view.put("allow", row.allow().stream().map(AccessView::via).toList());
        view.put("deny", row.deny().stream().map(AccessView::via).toList());
        view.put("constraints", ExplanationView.constraints(row.constraints()));
        return view;
    }

    private static Map<String, Object> via(Via via) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("policy", via.policy());
        if (via.when() != null) {
            view.put("when", via.when());
        }
        if (!via.actions().isEmpty()) {
            view.put("actions", via.actions());
        }
        return view;
    }
}
