package dev.sallyport.api.document;

import dev.sallyport.core.Configuration;
import dev.sallyport.core.Named;
import dev.sallyport.core.attest.TrustProvider;
import dev.sallyport.core.directory.Agent;
import dev.sallyport.core.directory.Target;
import dev.sallyport.core.policy.Policy;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/** The four kinds of documents, in the order in which a bundle names them. */
public enum Kind {
    TRUST_PROVIDER("trust-provider", "trust-providers", "trustProviders", TrustProvider.class),
    AGENT("agent", "agents", "agents", Agent.class),
    TARGET("target", "targets", "targets", Target.class),
    POLICY("policy", "policies", "policies", Policy.class);

    private final String label;
    private final String path;
    private final String field;
    private final Class<? extends Named> type;

    Kind(String label, String path, String field, Class<? extends Named> type) {
        this.label = label;
        this.path = path;
        this.field = field;
        this.type = type;
    }

    /** The kind of that label. */
    public static Kind of(String label) {
        return Arrays.stream(values())
                .filter(kind -> kind.label.equals(label))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no kind of document is called " + label));
    }

    /** Joins the documents of all kinds; each list must hold those of its kind. */
    public static Configuration join(Function<Kind, List<? extends Named>> lists) {
        return new Configuration(
                list(lists, TRUST_PROVIDER, TrustProvider.class),
                list(lists, AGENT, Agent.class),
                list(lists, TARGET, Target.class),
                list(lists, POLICY, Policy.class));
    }

    private static <T extends Named> List<T> list(
            Function<Kind, List<? extends Named>> lists, Kind kind, Class<T> type) {
        return lists.apply(kind).stream().map(type::cast).toList();
    }

    /** Its name in the database and in answers, such as {@code trust-provider}. */
    public String label() {
        return label;
    }

    /** Its place in the API, such as {@code trust-providers}. */
    public String path() {
        return path;
    }

    /** Its list in a bundle, such as {@code trustProviders}. */
    public String field() {
        return field;
    }

    public Class<? extends Named> type() {
        return type;
    }

    /** The documents of this kind. */
    public List<? extends Named> in(Configuration configuration) {
        return switch (this) {
            case TRUST_PROVIDER -> configuration.trustProviders();
            case AGENT -> configuration.agents();
            case TARGET -> configuration.targets();
            case POLICY -> configuration.policies();
        };
    }

    /** Whether documents of this kind can be suspended. */
    public boolean suspendable() {
        return this != POLICY;
    }
}
