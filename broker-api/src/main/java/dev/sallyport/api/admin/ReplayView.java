package dev.sallyport.api.admin;

import dev.sallyport.api.replay.Difference;
import dev.sallyport.api.replay.Difference.Kind;
import dev.sallyport.api.replay.ReplayResult;
import dev.sallyport.api.replay.ReplayResult.Group;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A replay's result as it is answered. */
final class ReplayView {

    private ReplayView() {}

    /**
     * Its members, in the order in which people read them.
     *
     * @param revision the one that the candidates would replace
     * @param limit how many groups of each kind are listed
     */
    static Map<String, Object> of(ReplayResult result, long revision, int limit) {
        long differing =
                result.differing().values().stream().mapToLong(Long::longValue).sum();
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("type", "result");
        view.put("revision", revision);
        view.put("fromIndex", result.range().from());
        view.put("toIndex", result.range().to());
        view.put("complete", result.complete());
        if (!result.complete()) {
            view.put("next", result.next());
        }
        if (result.first() > 0) {
            view.put("archivedBefore", result.first());
        }
        view.put("decided", result.counts().decided());
        view.put("unchanged", result.counts().decided() - differing);
        view.put("notDecided", result.counts().notDecided());
        view.put("erased", result.counts().erased());
        view.put("unreadable", result.counts().unreadable());
        boolean truncated = result.overflown();
        for (Kind kind : Kind.values()) {
            List<Group> groups = result.groups(kind);
            truncated |= groups.size() > limit;
            Map<String, Object> differences = new LinkedHashMap<>();
            differences.put("count", result.count(kind));
            differences.put("groups", shown(groups, limit));
            view.put(kind.member(), differences);
        }
        view.put("truncated", truncated);
        return view;
    }

    /** The first groups of a list. */
    static List<Map<String, Object>> shown(List<Group> groups, int limit) {
        return groups.stream().limit(limit).map(ReplayView::shown).toList();
    }

    private static Map<String, Object> shown(Group group) {
        Difference difference = group.difference();
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("agent", difference.agent());
        view.put("target", difference.target());
        view.put("actions", difference.actions());
        if (difference.cause() == null) {
            view.put("granted", difference.granted());
        } else {
            view.put("cause", difference.cause().toString());
        }
        if (difference.ttl() != null) {
            view.put("ttl", difference.ttl().toString());
        }
        view.put("policies", difference.policies());
        view.put("already", difference.already());
        view.put("count", group.count());
        view.put("first", group.first().toString());
        view.put("last", group.last().toString());
        view.put("example", group.example());
        view.put("exampleIndex", group.exampleIndex());
        return view;
    }
}
