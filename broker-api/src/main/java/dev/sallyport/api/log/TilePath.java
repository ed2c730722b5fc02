package dev.sallyport.api.log;

import dev.sallyport.core.Invalid;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which hashes or entries are asked for (C2SP tlog-tiles).
 *
 * @param tile the tile's index in its level
 * @param width how many, from 1 to 256
 */
record TilePath(long tile, int width) {

    private static final int FULL = 256;
    private static final int HIGHEST_LEVEL = 63;

    /** Groups of three digits, all but the last with an x, none that says nothing; then the width of a partial tile. */
    private static final Pattern PATH =
            Pattern.compile("(?!x000)(?<groups>(x[0-9]{3}/){0,5}[0-9]{3})(\\.p/(?<width>[1-9][0-9]{0,2}))?");

    private static final Pattern LEVEL = Pattern.compile("0|[1-9][0-9]?");

    /**
     * Reads what stands behind the level: {@code x001/x234/067.p/8}.
     *
     * @throws Invalid when it is not the one way to write that tile
     */
    static TilePath of(String path) {
        Matcher matcher = PATH.matcher(path);
        Invalid.unless(matcher.matches(), "index", "must be groups of three digits, such as x001/x234/067");
        long tile = Long.parseLong(matcher.group("groups").replaceAll("[x/]", ""));
        String partial = matcher.group("width");
        int width = partial == null ? FULL : Integer.parseInt(partial);
        Invalid.unless(partial == null || width < FULL, "index", "a partial tile has 1 to 255 hashes");
        return new TilePath(tile, width);
    }

    /** Reads the level, from 0 to 63. */
    static int level(String text) {
        Invalid.unless(
                LEVEL.matcher(text).matches() && Integer.parseInt(text) <= HIGHEST_LEVEL,
                "level",
                "must be a number from 0 to " + HIGHEST_LEVEL + ", or entries");
        return Integer.parseInt(text);
    }
}
