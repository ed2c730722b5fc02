package dev.sallyport.api.ctl;

import dev.sallyport.api.document.Kind;
import java.util.Arrays;
import java.util.Locale;

/** Finds kinds of documents by the words that people have for them. */
final class Documented {

    private Documented() {}

    /** The kind, by its singular, its plural or its list in a bundle. */
    static Kind kind(String word) throws Failure {
        String given = word.toLowerCase(Locale.ROOT);
        return Arrays.stream(Kind.values())
                .filter(kind -> given.equals(kind.label())
                        || given.equals(kind.path())
                        || given.equals(kind.field().toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> Failure.badInput(
                        "KIND: " + Table.plain(word) + " is none; there are trust-provider, agent, target and policy"));
    }

    /** The path of one document. */
    static String path(Kind kind, String name) throws Failure {
        if (!name.matches("[a-z0-9][a-z0-9-]{0,62}")) {
            throw Failure.badInput("NAME: must match [a-z0-9][a-z0-9-]{0,62}");
        }
        return "/v1/" + kind.path() + "/" + name;
    }

    static String readScope(Kind kind) {
        return kind == Kind.POLICY ? "policy:read" : "directory:read";
    }
}
