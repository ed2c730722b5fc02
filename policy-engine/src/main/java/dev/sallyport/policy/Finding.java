package dev.sallyport.policy;

import java.util.List;

/**
 * One thing that the {@link Lint} warns of.
 *
 * @param code a stable word for it, such as {@code shadowed-policy}
 * @param document the document to mend
 * @param place where in it
 * @param message what is wrong and what to do, in a sentence
 * @param related other documents that it comes from, at most {@value Report#MAX_RELATED}
 */
public record Finding(String code, Document document, Place place, String message, List<Document> related) {

    public Finding {
        related = List.copyOf(related);
    }

    /** Where it is explained: a section of a page, from the top of the documentation's repository. */
    public String documentation() {
        return "docs/lint.md#" + code;
    }

    /** Whether it is about a document, or comes from it. */
    public boolean touches(Document other) {
        return document.equals(other) || related.contains(other);
    }

    /**
     * A document.
     *
     * @param kind {@code policy}, {@code agent}, {@code target} or {@code trust-provider}
     */
    public record Document(String kind, String name) {}

    /**
     * A place in a document.
     *
     * @param field a path, such as {@code agents[0].name}
     * @param line the line in the field's text, from 1; 0 where it has no place
     * @param column from 1
     */
    public record Place(String field, int line, int column) {

        static Place of(String field) {
            return new Place(field, 0, 0);
        }

        /** Where a text stands in a condition; the whole condition where it is written otherwise there. */
        static Place in(String when, String... texts) {
            for (String text : texts) {
                int at = when.indexOf(text);
                if (at >= 0) {
                    String before = when.substring(0, at);
                    int line = (int) before.chars().filter(c -> c == '\n').count() + 1;
                    return new Place("when", line, at - before.lastIndexOf('\n'));
                }
            }
            return of("when");
        }
    }
}
