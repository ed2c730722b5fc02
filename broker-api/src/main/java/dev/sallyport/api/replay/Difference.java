package dev.sallyport.api.replay;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How a request would have fared otherwise. Requests to which the same would have happened have equal ones.
 *
 * @param actions those that it was granted, or asked for where it was refused
 * @param granted those that it would have been granted
 * @param ttl what the candidates narrow its lifetime to; null where that does not differ
 * @param cause what would have refused it; null where nothing would
 * @param policies the candidates that decide, by name
 * @param already whether the policies in force would do the same to it: it happened under earlier ones
 * @param newDenial whether an action that was granted, and that the policies in force grant, would not be
 * @param newGrant whether an action would be granted that was not, and that the policies in force do not grant
 */
public record Difference(
        Kind kind,
        String agent,
        String target,
        List<String> actions,
        List<String> granted,
        @Nullable Duration ttl,
        @Nullable Cause cause,
        List<String> policies,
        boolean already,
        boolean newDenial,
        boolean newGrant) {

    public Difference {
        actions = List.copyOf(actions);
        granted = List.copyOf(granted);
        policies = policies.stream().sorted().toList();
    }

    /** The same, knowing what the policies in force would do; null where that is what was done. */
    Difference beside(RecordedDecision then, @Nullable Difference inForce) {
        List<String> before = then.issued() ? actions : List.of();
        List<String> now = inForce == null ? before : inForce.granted;
        return new Difference(
                kind,
                agent,
                target,
                actions,
                granted,
                ttl,
                cause,
                policies,
                inForce != null && inForce.kind == kind && now.equals(granted),
                before.stream().anyMatch(action -> now.contains(action) && !granted.contains(action)),
                granted.stream().anyMatch(action -> !before.contains(action) && !now.contains(action)));
    }

    /** Whether something that was granted would not be. */
    public boolean denies() {
        return kind != Kind.NEWLY_ALLOWED && !granted.containsAll(actions);
    }

    /** In which way. */
    public enum Kind {
        /** A token was issued, and none would have been. */
        NEWLY_DENIED("newlyDenied"),
        /** No token was issued, and one would have been. */
        NEWLY_ALLOWED("newlyAllowed"),
        /** A token for fewer actions, or for a shorter time. */
        NARROWED("narrowed"),
        /** A token for more actions, or for a longer time. */
        WIDENED("widened"),
        /** A token for other actions, or for less in one way and more in the other. */
        CHANGED("changed");

        private final String member;

        Kind(String member) {
            this.member = member;
        }

        /** Its name in answers. */
        public String member() {
            return member;
        }
    }

    /** What refuses. */
    public enum Cause {
        /** The policies do not permit it. */
        POLICY,
        /** They permit it with a proof that the caller did not show. */
        PROOF;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
