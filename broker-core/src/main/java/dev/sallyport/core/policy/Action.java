package dev.sallyport.core.policy;

import dev.sallyport.core.Invalid;

/** The syntax of an action: one scope token of RFC 6749 section 3.3, at most 256 characters. */
public final class Action {

    /** The most actions that one request may name. */
    public static final int MAX_REQUESTED = 64;

    private static final int MAX_LENGTH = 256;

    private Action() {}

    /** Whether the text is a concrete action: well-formed, and no pattern. */
    public static boolean concrete(String text) {
        return wellFormed(text) && text.indexOf('*') < 0;
    }

    /** Throws unless the text is a concrete action. */
    public static void check(String field, String text) {
        Invalid.unless(concrete(text), field, "must be a scope token without *, at most 256 characters");
    }

    /** Throws unless the text is an action or a pattern of actions. */
    public static void checkPattern(String field, String text) {
        Invalid.unless(wellFormed(text), field, "must be a scope token, at most 256 characters; * stands for anything");
    }

    private static boolean wellFormed(String text) {
        return !text.isEmpty()
                && text.length() <= MAX_LENGTH
                && text.chars().allMatch(c -> c > ' ' && c < 127 && c != '"' && c != '\\');
    }
}
