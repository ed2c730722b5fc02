package dev.sallyport.api.verify;

/**
 * Where a tile is served (C2SP tlog-tiles).
 *
 * @param kind the level, or {@code entries}
 * @param number how many tiles of the kind are to its left
 * @param width how many hashes or entries it holds
 */
record TilePath(String kind, long number, int width) {

    /** Of a full tile. */
    static final int WIDTH = 256;

    /** How many levels of the tree one level of tiles spans. */
    static final int HEIGHT = 8;

    /** The tile of a level that holds a node, as wide as it is in a log of a size. */
    static TilePath of(int level, long node, long size) {
        return of(Integer.toString(level), node, size >> (level * HEIGHT));
    }

    static TilePath ofEntries(long index, long size) {
        return of("entries", index, size);
    }

    private static TilePath of(String kind, long node, long nodes) {
        long number = node / WIDTH;
        return new TilePath(kind, number, (int) Math.min(WIDTH, nodes - number * WIDTH));
    }

    boolean partial() {
        return width < WIDTH;
    }

    TilePath full() {
        return new TilePath(kind, number, WIDTH);
    }

    @Override
    public String toString() {
        StringBuilder groups = new StringBuilder(group(number));
        for (long rest = number / 1000; rest > 0; rest /= 1000) {
            groups.insert(0, "x" + group(rest) + "/");
        }
        return "/log/tile/" + kind + "/" + groups + (partial() ? ".p/" + width : "");
    }

    private static String group(long number) {
        String digits = Long.toString(number % 1000);
        return "0".repeat(3 - digits.length()) + digits;
    }
}
