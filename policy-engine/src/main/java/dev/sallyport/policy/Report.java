package dev.sallyport.policy;

import dev.sallyport.core.policy.Policy;
import dev.sallyport.policy.Finding.Document;
import dev.sallyport.policy.Finding.Place;
import dev.sallyport.policy.Predicate.Atom;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Takes what the rules of the {@link Lint} find; the same twice is told once. */
final class Report {

    static final int MAX_RELATED = 8;

    /** The most that one rule tells, so that none keeps others from being heard. */
    private static final int MAX_OF_A_RULE = 100;

    private static final int MAX_NAMED = 3;

    private final Set<Finding> found = new LinkedHashSet<>();
    private boolean complete = true;

    /** Notes that not all was looked at. */
    void cut() {
        complete = false;
    }

    boolean complete() {
        return complete;
    }

    List<Finding> found() {
        return new ArrayList<>(found);
    }

    /** What one rule finds. */
    Of of(String code) {
        return new Of(code);
    }

    /** Names some of many: {@code a, b, c and 4 more}. */
    static String some(Collection<String> names) {
        String first = names.stream().limit(MAX_NAMED).collect(Collectors.joining(", "));
        return names.size() > MAX_NAMED ? first + " and " + (names.size() - MAX_NAMED) + " more" : first;
    }

    /** The findings of one rule. */
    final class Of {

        private final String code;

        private int count;

        private Of(String code) {
            this.code = code;
        }

        void policy(Policy policy, String field, String message) {
            policy(policy, field, message, List.of());
        }

        /** A finding that comes from other policies. */
        void policy(Policy policy, String field, String message, Collection<String> others) {
            add(
                    new Document("policy", policy.name()),
                    Place.of(field),
                    message,
                    others.stream().limit(MAX_RELATED).map(name -> new Document("policy", name)));
        }

        /** A finding in the condition of a policy. */
        void condition(Policy policy, Atom at, String message) {
            String when = Objects.requireNonNullElse(policy.when(), "");
            String path =
                    at.reads().isEmpty() ? at.text() : at.reads().getFirst().toString();
            add(new Document("policy", policy.name()), Place.in(when, at.text(), path), message, Stream.empty());
        }

        void agent(String name, String field, String message) {
            add(new Document("agent", name), Place.of(field), message, Stream.empty());
        }

        /** A finding in an agent's binding that comes from a trust provider. */
        void binding(String agent, String field, String provider, String message) {
            add(
                    new Document("agent", agent),
                    Place.of(field),
                    message,
                    Stream.of(new Document("trust-provider", provider)));
        }

        void provider(String name, String field, String message) {
            add(new Document("trust-provider", name), Place.of(field), message, Stream.empty());
        }

        /** Whether the rule is to stop, and all that it would have looked at is left out. */
        boolean ends(Premises premises) {
            boolean ends = count >= MAX_OF_A_RULE || premises.late();
            if (ends) {
                cut();
            }
            return ends;
        }

        private void add(Document document, Place place, String message, Stream<Document> related) {
            if (count >= MAX_OF_A_RULE) {
                cut();
            } else if (found.add(new Finding(code, document, place, message, related.toList()))) {
                count++;
            }
        }
    }
}
