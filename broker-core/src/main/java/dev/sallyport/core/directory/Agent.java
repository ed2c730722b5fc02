package dev.sallyport.core.directory;

import dev.sallyport.core.Invalid;
import dev.sallyport.core.Named;
import dev.sallyport.core.Names;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The document of an agent: a registered identity, of a workload or of a person who administers the broker.
 *
 * @param name its name, {@code [a-z0-9][a-z0-9-]{0,62}}; the last part of its SPIFFE ID
 * @param kind what it is
 * @param owner who answers for it
 * @param labels free name-value pairs that policies select by
 * @param parent the agent that it belongs to
 * @param bindings which attestations are this agent; any one suffices
 */
public record Agent(
        String name,
        Kind kind,
        @Nullable String owner,
        Map<String, String> labels,
        @Nullable String parent,
        List<Binding> bindings)
        implements Named, Resolution {

    public Agent {
        Names.check("name", Objects.requireNonNullElse(name, ""));
        Invalid.unless(kind != null, "kind", "is missing");
        labels = labels == null ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(labels));
        Invalid.unless(bindings != null && !bindings.isEmpty(), "bindings", "must not be empty");
        bindings = List.copyOf(bindings);
        if (parent != null) {
            Names.check("parent", parent);
        }
    }

    /** Its SPIFFE ID, {@code spiffe://<trust-domain>/agent/<name>}. */
    public String spiffeId(String trustDomain) {
        return "spiffe://" + trustDomain + "/agent/" + name;
    }

    /** What an agent is. */
    public enum Kind {
        ORCHESTRATOR,
        TOOL_CONNECTOR,
        SUB_AGENT,
        WORKLOAD,
        /** A person, or the people of a group: may have tokens for the broker's own API and for nothing else. */
        HUMAN;

        @Override
        public String toString() {
            return Names.label(this);
        }
    }
}
