package dev.sallyport.core.live;

import dev.sallyport.core.policy.Posture;
import dev.sallyport.core.policy.Posture.Fault;
import dev.sallyport.core.policy.PostureSource;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The posture of all agents, in memory: about 200 bytes for each fact.
 *
 * <p>Each writer has facts of its own. Where two say different things of one attribute, it counts for neither. Safe to use
 * from all threads.
 */
public final class Postures implements PostureSource {

    private final Map<String, Fact[]> byAgent = new ConcurrentHashMap<>();
    private final Map<String, String> names = new ConcurrentHashMap<>();

    private record Fact(String writer, String attribute, Object value, Instant expires) {

        boolean isOf(String writer, String attribute) {
            return this.attribute.equals(attribute) && this.writer.equals(writer);
        }
    }

    /**
     * Takes what a writer says, in place of what it said before.
     *
     * @param value null where it takes back what it said
     * @param expires when it counts no more
     */
    public void put(String agent, String writer, String attribute, @Nullable Object value, Instant expires) {
        byAgent.compute(agent, (_, facts) -> {
            Stream<Fact> others =
                    facts == null ? Stream.empty() : Arrays.stream(facts).filter(fact -> !fact.isOf(writer, attribute));
            Stream<Fact> said = value == null
                    ? Stream.empty()
                    : Stream.of(new Fact(shared(writer), shared(attribute), value, expires));
            Fact[] now = Stream.concat(others, said).toArray(Fact[]::new);
            return now.length == 0 ? null : now;
        });
    }

    @Override
    public Posture of(String agent, Instant time) {
        Fact[] facts = byAgent.get(agent);
        if (facts == null) {
            return Posture.NONE;
        }
        Map<String, Object> counting = new HashMap<>();
        Map<String, Fault> unusable = new HashMap<>();
        for (Fact fact : facts) {
            if (!fact.expires.isAfter(time)) {
                unusable.put(fact.attribute, Fault.EXPIRED);
            } else {
                Object other = counting.putIfAbsent(fact.attribute, fact.value);
                if (other != null && !other.equals(fact.value)) {
                    unusable.putIfAbsent(fact.attribute, Fault.DISPUTED);
                }
            }
        }
        counting.keySet().removeAll(unusable.keySet());
        return new Posture(counting, unusable, false);
    }

    /** How many facts are known. */
    public int size() {
        return byAgent.values().stream().mapToInt(facts -> facts.length).sum();
    }

    private String shared(String name) {
        String known = names.putIfAbsent(name, name);
        return known == null ? name : known;
    }
}
