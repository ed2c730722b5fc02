package dev.sallyport.core;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** The rules that every name in a document keeps. */
public final class Names {

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");

    private Names() {}

    /** Throws unless the name matches {@code [a-z0-9][a-z0-9-]{0,62}}. */
    public static void check(String field, String name) {
        Invalid.unless(
                NAME.matcher(name).matches(), field, "must match [a-z0-9][a-z0-9-]{0,62}, that is 1 to 63 characters");
    }

    /** Throws when two documents of a list have one name. */
    public static void checkUnique(String field, Collection<? extends Named> documents) {
        Set<String> seen = new HashSet<>();
        for (Named document : documents) {
            Invalid.unless(seen.add(document.name()), field, "two of them are named " + document.name());
        }
    }

    /** How an enum's constant is written in documents and answers: lower case, with hyphens. */
    public static String label(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** A copy of the list; throws when it is empty or holds a blank. */
    public static List<String> nonEmpty(String field, List<String> texts) {
        Invalid.unless(!texts.isEmpty(), field, "must not be empty");
        for (int i = 0; i < texts.size(); i++) {
            Invalid.unless(!texts.get(i).isBlank(), field + "[" + i + "]", "must not be blank");
        }
        return List.copyOf(texts);
    }
}
