package dev.sallyport.api.replay;

import dev.sallyport.api.document.Documents;
import dev.sallyport.api.document.Kind;
import dev.sallyport.core.Named;
import dev.sallyport.core.attest.EvidenceTerms;
import dev.sallyport.core.attest.TrustProvider;
import dev.sallyport.core.directory.Agent;
import dev.sallyport.core.directory.Target;
import dev.sallyport.store.DecisionHistory;
import dev.sallyport.store.Document;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The agents, targets and trust providers as they were at any revision.
 *
 * <p>All versions of a name are read when it first turns up. It remembers {@value #MOST_NAMES} names, and then begins anew. For one
 * thread.
 */
final class PastDocuments {

    private static final int MOST_NAMES = 20_000;

    private final DecisionHistory history;
    private final Target builtIn;
    private final Map<Kind, Map<String, List<Past>>> known = new HashMap<>();

    PastDocuments(DecisionHistory history, Target builtIn) {
        this.history = history;
        this.builtIn = builtIn;
    }

    private record Past(Named document, long since, long until) {}

    /** Throws {@link IllegalArgumentException} where there was none of that name. */
    Agent agent(String name, long revision) {
        return (Agent) there(find(Kind.AGENT, name, revision));
    }

    /** Throws {@link IllegalArgumentException} where there was none of that name. The same version is the same object. */
    Target target(String name, long revision) {
        return name.equals(Target.BUILT_IN) ? builtIn : (Target) there(find(Kind.TARGET, name, revision));
    }

    /** What the trust provider said of its evidence; the default where there was none of that name. */
    EvidenceTerms terms(String provider, long revision) {
        return find(Kind.TRUST_PROVIDER, provider, revision) instanceof TrustProvider document
                ? document.terms()
                : EvidenceTerms.DEFAULT;
    }

    private static Named there(@Nullable Named document) {
        if (document == null) {
            throw new IllegalArgumentException("an entry names a document that was not there");
        }
        return document;
    }

    private @Nullable Named find(Kind kind, String name, long revision) {
        Map<String, List<Past>> ofKind = known.computeIfAbsent(kind, _ -> new HashMap<>());
        if (ofKind.size() >= MOST_NAMES && !ofKind.containsKey(name)) {
            ofKind.clear();
        }
        for (Past past : ofKind.computeIfAbsent(name, _ -> versions(kind, name)).reversed()) {
            if (past.since() <= revision) {
                return revision < past.until() ? past.document() : null;
            }
        }
        return null;
    }

    private List<Past> versions(Kind kind, String name) {
        return history.versions(kind.label(), name).stream()
                .map(version -> new Past(
                        Documents.read(new Document(kind.label(), name, version.json())),
                        version.since(),
                        version.until()))
                .toList();
    }
}
