package dev.sallyport.attestation;

/**
 * Bounds a BER encoding (X.690) before a parser sees it: one element, whole, not nested deeply, of few elements.
 *
 * <p>A walk without recursion over tags and lengths; it judges no content.
 */
final class BerShape {

    private static final int MAX_DEPTH = 24;
    private static final int MAX_ELEMENTS = 2_000;

    /** The end of an element whose length is not told before it. */
    private static final int OPEN = -1;

    private final byte[] ber;
    private final int[] ends = new int[MAX_DEPTH];
    private int depth;
    private int at;

    private BerShape(byte[] ber) {
        this.ber = ber;
    }

    /** Whether the bytes are one element within the bounds. */
    static boolean fits(byte[] ber) {
        try {
            return new BerShape(ber).walk();
        } catch (ArrayIndexOutOfBoundsException e) {
            return false; // it ends too early, or is nested too deeply
        }
    }

    private boolean walk() {
        for (int elements = 0; elements < MAX_ELEMENTS; elements++) {
            if (!element()) {
                return false;
            }
            while (depth > 0 && at == ends[depth - 1]) {
                depth--;
            }
            if (depth == 0) {
                return at == ber.length;
            }
        }
        return false;
    }

    private boolean element() {
        int tag = ber[at++] & 0xff;
        if ((tag & 0x1f) == 0x1f) {
            return false; // a tag beyond 30, which nothing here has
        }
        int length = length();
        if (tag == 0) {
            return length == 0 && closed();
        }
        boolean constructed = (tag & 0x20) != 0;
        int end = length == OPEN ? OPEN : at + length;
        int limit = limit();
        if (length < OPEN || (length == OPEN && !constructed) || end > limit) {
            return false;
        }
        if (constructed) {
            ends[depth++] = end;
        } else {
            at = end;
        }
        return true;
    }

    /** Ends the innermost element, which must be one without a length. */
    private boolean closed() {
        return depth > 0 && ends[--depth] == OPEN;
    }

    /** Where the innermost element that tells its length ends. */
    private int limit() {
        for (int i = depth - 1; i >= 0; i--) {
            if (ends[i] != OPEN) {
                return ends[i];
            }
        }
        return ber.length;
    }

    /** The length that follows; {@link #OPEN} where it is not told, less where it is more than an int holds. */
    private int length() {
        int first = ber[at++] & 0xff;
        if (first < 0x80) {
            return first;
        }
        if (first == 0x80) {
            return OPEN;
        }
        int length = 0;
        for (int left = first & 0x7f; left > 0; left--) {
            if (length > 0xffff) {
                return Integer.MIN_VALUE;
            }
            length = length << 8 | (ber[at++] & 0xff);
        }
        return length;
    }
}
