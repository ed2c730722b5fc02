package dev.sallyport.core;

/** Cuts text to a length, and no character in half: the log could not write that. */
public final class Excerpt {

    private Excerpt() {}

    /** The first characters, so many at most, counted as Unicode does. */
    public static String of(String text, int most) {
        int characters = text.codePointCount(0, text.length());
        return text.substring(0, text.offsetByCodePoints(0, Math.min(most, characters)));
    }
}
