package dev.sallyport.core.policy;

import dev.sallyport.core.Recorded;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

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

    /** Whether everything that was said counts. */
    public boolean reliable() {
        return !outdated && unusable.isEmpty();
    }

    /** The same if somebody now said something of an attribute that counts; null takes it back. */
    public Posture with(String attribute, @Nullable Object value) {
        Map<String, Object> said = new TreeMap<>(facts);
        Map<String, Fault> doubtful = new TreeMap<>(unusable);
        doubtful.remove(attribute);
        if (value == null) {
            said.remove(attribute);
        } else {
            said.put(attribute, value);
        }
        return new Posture(said, doubtful, outdated);
    }

    /** Reads back what {@link #json} wrote. */
    public static Posture read(Recorded recorded) {
        Map<String, Fault> unusable = new TreeMap<>();
        for (Fault fault : Fault.values()) {
            String name = fault.name().toLowerCase(Locale.ROOT);
            if (recorded.fields().containsKey(name)) {
                recorded.texts(name).forEach(attribute -> unusable.put(attribute, fault));
            }
        }
        Map<String, Object> facts = new TreeMap<>();
        recorded.object("facts").fields().forEach((name, value) -> facts.put(String.valueOf(name), value));
        return new Posture(facts, unusable, recorded.fields().containsKey("outdated"));
    }
}
