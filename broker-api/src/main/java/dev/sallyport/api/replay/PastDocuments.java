package dev.sallyport.api.replay;

import dev.sallyport.api.document.Documents;
import dev.sallyport.api.document.Kind;
import dev.sallyport.core.Named;
import dev.sallyport.core.attest.EvidenceTerms;
import dev.sallyport.core.attest.TrustProvider;
import dev.sallyport.core.directory.Agent;
import dev.sallyport.core.directory.Target;
import dev.sallyport.store.DecisionHistory;
import dev.sallyport.store.DecisionHistory.Version;
import dev.sallyport.store.Document;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The agents, targets and trust providers as they were at any revision.
 *
 * <p>Each version is read when it first turns up. It remembers {@value #MOST_HELD} characters of them, and then begins anew. For one
 * thread.
 */
final class PastDocuments {

    private static final long MOST_HELD = 32 << 20;

    /** What a version takes beside its text. */
    private static final int ONE = 256;

    private final DecisionHistory history;
    private final Target builtIn;
    private final Map<Kind, Map<String, List<Past>>> known = new EnumMap<>(Kind.class);
    private long held;

    PastDocuments(DecisionHistory history, Target builtIn) {
        this.history = history;
        this.builtIn = builtIn;
    }

    /** A version, or that there was none. */
    private record Past(@Nullable Named document, long since, long until) {}

    /** The agent that asked; throws {@link IllegalArgumentException} where there was none of that name. */
    Agent agent(RecordedDecision then) {
        return (Agent) there(find(Kind.AGENT, String.valueOf(then.agent()), then.revision()));
    }

    /** The target it asked for; throws as well. The same version is the same object. */
    Target target(RecordedDecision then) {
        String name = String.valueOf(then.target());
        return name.equals(Target.BUILT_IN) ? builtIn : (Target) there(find(Kind.TARGET, name, then.revision()));
    }

    /** What the trust provider said of its evidence; the default where there was none of that name. */
    EvidenceTerms terms(RecordedDecision then) {
        return find(Kind.TRUST_PROVIDER, then.attestation().provider(), then.revision()) instanceof TrustProvider found
                ? found.terms()
                : EvidenceTerms.DEFAULT;
    }

    private static Named there(@Nullable Named document) {
        if (document == null) {
            throw new IllegalArgumentException("an entry names a document that was not there");
        }
        return document;
    }

    private @Nullable Named find(Kind kind, String name, long revision) {
        List<Past> versions =
                known.computeIfAbsent(kind, _ -> new HashMap<>()).computeIfAbsent(name, _ -> new ArrayList<>());
        for (Past past : versions.reversed()) {
            if (past.since() <= revision && revision < past.until()) {
                return past.document();
            }
        }
        return read(kind, name, revision);
    }

    private @Nullable Named read(Kind kind, String name, long revision) {
        Version version = history.version(kind.label(), name, revision).orElse(null);
        Past past = version == null
                ? new Past(null, revision, revision + 1)
                : new Past(
                        Documents.read(new Document(kind.label(), name, version.json())),
                        version.since(),
                        version.until());
        held += ONE + (version == null ? 0 : version.json().length());
        if (held > MOST_HELD) {
            known.clear();
            held = 0;
        }
        known.computeIfAbsent(kind, _ -> new HashMap<>())
                .computeIfAbsent(name, _ -> new ArrayList<>())
                .add(past);
        return past.document();
    }
}
