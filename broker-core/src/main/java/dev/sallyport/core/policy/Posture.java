package dev.sallyport.core.policy;

import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What others say of an agent or its host, as it counts at one moment.
 *
 * @param facts by attribute: strings, booleans, {@code Long} and {@code Double}
 * @param unusable attributes that somebody has set, but that say nothing now: a condition that mentions one fails to evaluate
 * @param outdated whether news may have been missed: then a condition that mentions any fact fails to evaluate
 */
public record Posture(Map<String, Object> facts, Map<String, Fault> unusable, boolean outdated) {

    /** Nothing is known, and nobody ever said anything. */
    public static final Posture NONE = new Posture(Map.of(), Map.of(), false);

    /** Something may be known elsewhere. */
    public static final Posture OUTDATED = new Posture(Map.of(), Map.of(), true);

    public Posture {
        facts = facts.isEmpty() ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(facts));
        unusable = unusable.isEmpty() ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(unusable));
    }

    /** Why an attribute says nothing although it was set. */
    public enum Fault {
        /** Its time is over. */
        EXPIRED,
        /** Two writers say different things of it. */
        DISPUTED
    }

    /** Whether nothing was ever said. */
    public boolean isEmpty() {
        return facts.isEmpty() && unusable.isEmpty() && !outdated;
    }

    /** As the log keeps it. */
    public Map<String, Object> json() {
        Map<String, Object> json = new TreeMap<>();
        json.put("facts", facts);
        for (Fault fault : Fault.values()) {
            List<String> attributes = unusable.keySet().stream()
                    .filter(attribute -> unusable.get(attribute) == fault)
                    .toList();
            if (!attributes.isEmpty()) {
                json.put(fault.name().toLowerCase(Locale.ROOT), attributes);
            }
        }
        if (outdated) {
            json.put("outdated", true);
        }
        return json;
    }

    /** Whether some of these attributes can't be relied on. */
    public boolean spoils(Set<String> attributes) {
        return outdated || (!unusable.isEmpty() && !Collections.disjoint(unusable.keySet(), attributes));
    }

    /** Whether any attribute can't be relied on. */
    public boolean spoilsAny() {
        return outdated || !unusable.isEmpty();
    }
}
