package dev.sallyport.policy;

import dev.sallyport.core.Glob;

/** Tells whether some text matches two patterns at once. */
final class Overlap {

    private Overlap() {}

    static boolean of(Glob one, Glob other) {
        if (one.exact()) {
            return other.matches(one.pattern());
        }
        return other.exact() ? one.matches(other.pattern()) : meet(one.pattern(), other.pattern());
    }

    /** Row by row from the ends: whether what is left of the one meets what is left of the other. */
    private static boolean meet(String one, String other) {
        boolean[] below = new boolean[other.length() + 1];
        for (int i = one.length(); i >= 0; i--) {
            boolean[] row = new boolean[other.length() + 1];
            for (int j = other.length(); j >= 0; j--) {
                boolean star = i < one.length() && one.charAt(i) == '*';
                boolean otherStar = j < other.length() && other.charAt(j) == '*';
                if (i == one.length() && j == other.length()) {
                    row[j] = true;
                } else if (star || otherStar) {
                    row[j] = (i < one.length() && below[j]) || (j < other.length() && row[j + 1]);
                } else {
                    row[j] = i < one.length() && j < other.length() && one.charAt(i) == other.charAt(j) && below[j + 1];
                }
            }
            below = row;
        }
        return below[0];
    }
}
