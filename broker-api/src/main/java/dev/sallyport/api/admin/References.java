package dev.sallyport.api.admin;

import dev.sallyport.api.document.Kind;
import dev.sallyport.core.Configuration;
import dev.sallyport.core.Named;
import dev.sallyport.core.directory.Agent;
import dev.sallyport.core.directory.Target;
import dev.sallyport.core.policy.Policy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Finds the documents that name another one, which therefore must stay. */
final class References {

    private References() {}

    /** Who refers to a document: kind, name and field of each. A document that names itself does not count. */
    static List<Map<String, String>> to(Kind kind, String name, Configuration configuration) {
        List<Map<String, String>> found = new ArrayList<>();
        for (Kind each : Kind.values()) {
            for (Named document : each.in(configuration)) {
                String field = kind == each && document.name().equals(name) ? null : field(document, kind, name);
                if (field != null) {
                    found.add(Map.of("kind", each.label(), "name", document.name(), "field", field));
                }
            }
        }
        return found;
    }

    private static @Nullable String field(Named document, Kind kind, String name) {
        return switch (kind) {
            case TRUST_PROVIDER -> binds(document, name) ? "bindings" : null;
            case AGENT -> agentField(document, name);
            case TARGET -> document instanceof Policy policy && policy.targets().contains(name) ? "targets" : null;
            case POLICY -> null;
        };
    }

    private static boolean binds(Named document, String provider) {
        return document instanceof Agent agent
                && agent.bindings().stream()
                        .anyMatch(binding -> binding.provider().equals(provider));
    }

    private static @Nullable String agentField(Named document, String name) {
        return switch (document) {
            case Agent agent when name.equals(agent.parent()) -> "parent";
            case Target target when target.servers().contains(name) -> "servers";
            case Policy policy
            when policy.agents().stream().anyMatch(who -> Objects.equals(who.name(), name)) -> "agents";
            default -> null;
        };
    }
}
