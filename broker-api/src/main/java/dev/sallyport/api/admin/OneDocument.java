package dev.sallyport.api.admin;

import dev.sallyport.api.document.Kind;
import dev.sallyport.api.lint.Warnings;
import dev.sallyport.api.security.Caller;
import dev.sallyport.api.state.DocumentSet;
import dev.sallyport.core.Configuration;
import dev.sallyport.core.Invalid;
import dev.sallyport.core.Named;
import dev.sallyport.policy.Finding;
import dev.sallyport.policy.Finding.Document;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Writes or removes one document, all others staying as they are.
 *
 * @param document the document from now on; null where it is removed
 * @param preconditions throw {@link dev.sallyport.api.web.Problem} where it must not happen
 */
record OneDocument(Kind kind, String name, @Nullable Named document, Consumer<DocumentSet> preconditions)
        implements Revisions.Edit {

    /** A field of a bundle: list, number, and the rest. */
    private static final Pattern FIELD = Pattern.compile("(\\w+)\\[(\\d+)]\\.?(.*)");

    @Override
    public Configuration of(DocumentSet documents) {
        preconditions.accept(documents);
        return Kind.join(each -> list(each, documents));
    }

    private List<? extends Named> list(Kind each, DocumentSet documents) {
        List<? extends Named> before = each.in(documents.configuration());
        if (each != kind) {
            return before;
        }
        List<Named> after = new ArrayList<>(before);
        after.removeIf(other -> other.name().equals(name));
        if (document != null) {
            after.add(document);
        }
        return after;
    }

    /**
     * Those about this document or caused by it, and those of others that there were not before; of others only what the
     * caller may read.
     */
    @Override
    public Warnings telling(Warnings warnings, Caller caller, Supplier<Warnings> before) {
        Document own = new Document(kind.label(), name);
        Set<Finding> known = kind == Kind.POLICY || document == null
                ? Set.copyOf(warnings.all())
                : Set.copyOf(before.get().all());
        return warnings.only(finding -> finding.document().equals(own)
                || ((finding.touches(own) || !known.contains(finding))
                        && caller.may(Scopes.reading(Kind.of(finding.document().kind())))));
    }

    /** A field of this document is named as from there; where another document complains, that is named. */
    @Override
    public Invalid complaint(Invalid invalid, DocumentSet documents) {
        Matcher field = FIELD.matcher(invalid.field());
        if (!field.matches()) {
            return invalid;
        }
        for (Kind each : Kind.values()) {
            if (each.field().equals(field.group(1))) {
                Named other = list(each, documents).get(Integer.parseInt(field.group(2)));
                return each == kind && other.name().equals(name)
                        ? invalid.of(field.group(3))
                        : new Invalid(
                                "",
                                each.label() + " " + other.name() + " stands against it: " + field.group(3) + ": "
                                        + invalid.reason());
            }
        }
        return invalid;
    }
}
