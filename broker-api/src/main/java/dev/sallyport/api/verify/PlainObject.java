package dev.sallyport.api.verify;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * A flat JSON object of ASCII strings without escapes and of whole numbers, read in place.
 *
 * <p>Lines of an export and leaves have this form, and there are millions of them. It is strict: what it takes is JSON and has
 * no member twice. What it does not take may still be JSON, which is for a parser to say.
 */
final class PlainObject {

    private static final int MOST_MEMBERS = 8;
    private static final int MOST_DIGITS = 18;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** One in each byte. */
    private static final long EACH = 0x0101010101010101L;

    /** Where the names and the values begin, and end; those of strings within their quotes. */
    private final int[] names = new int[2 * MOST_MEMBERS];

    private final int[] values = new int[2 * MOST_MEMBERS];

    private final byte[] bytes;
    private final int limit;
    private int count;
    private int at;

    private PlainObject(byte[] bytes, int from, int limit) {
        this.bytes = bytes;
        this.at = from;
        this.limit = limit;
    }

    /**
     * The object that begins at a position; null where what stands there has another form.
     *
     * @param limit it must end there, or before
     */
    static @Nullable PlainObject read(byte[] bytes, int from, int limit) {
        PlainObject object = new PlainObject(bytes, from, limit);
        return object.members() ? object : null;
    }

    /** The position behind it. */
    int end() {
        return at;
    }

    boolean has(String name) {
        return member(name) >= 0;
    }

    /** A string; null where there is no such member, or it is none. */
    @Nullable
    String text(String name) {
        int member = member(name);
        return member < 0 || !isString(member)
                ? null
                : new String(bytes, begin(member), length(member), StandardCharsets.US_ASCII);
    }

    /** What a string says in base64; throws {@link IllegalArgumentException} where there is none. */
    byte[] decoded(String name) {
        int member = member(name);
        if (member < 0 || !isString(member)) {
            throw new IllegalArgumentException("no string");
        }
        ByteBuffer decoded = Base64.getDecoder().decode(ByteBuffer.wrap(bytes, begin(member), length(member)));
        byte[] all = decoded.array();
        return decoded.limit() == all.length ? all : Arrays.copyOf(all, decoded.limit());
    }

    /** A number; -1 where there is no such member, or it is none. */
    long number(String name) {
        int member = member(name);
        if (member < 0 || isString(member)) {
            return -1;
        }
        long number = 0;
        for (int i = begin(member); i < values[2 * member + 1]; i++) {
            number = number * 10 + bytes[i] - '0';
        }
        return number;
    }

    private int member(String name) {
        byte[] wanted = name.getBytes(StandardCharsets.US_ASCII);
        return member(wanted, 0, wanted.length);
    }

    private int member(byte[] name, int from, int to) {
        for (int i = 0; i < count; i++) {
            if (Arrays.equals(bytes, names[2 * i], names[2 * i + 1], name, from, to)) {
                return i;
            }
        }
        return -1;
    }

    private boolean isString(int member) {
        return bytes[begin(member) - 1] == '"';
    }

    private int begin(int member) {
        return values[2 * member];
    }

    private int length(int member) {
        return values[2 * member + 1] - begin(member);
    }

    private boolean members() {
        boolean more = next('{');
        while (more) {
            if (count == MOST_MEMBERS || !string(names) || !next(':')) {
                return false;
            }
            if (member(bytes, names[2 * count], names[2 * count + 1]) >= 0 || (!string(values) && !number(values))) {
                return false;
            }
            count++;
            more = next(',');
        }
        return count > 0 && next('}');
    }

    private boolean next(char wanted) {
        if (at < limit && bytes[at] == wanted) {
            at++;
            return true;
        }
        return false;
    }

    private boolean string(int[] places) {
        if (!next('"')) {
            return false;
        }
        places[2 * count] = at;
        int close = at;
        while (close + Long.BYTES <= limit && isPlain((long) LONGS.get(bytes, close))) {
            close += Long.BYTES;
        }
        while (close < limit && isPlain(bytes[close])) {
            close++;
        }
        at = close;
        places[2 * count + 1] = at;
        return next('"');
    }

    /** What is not ASCII is negative. */
    private static boolean isPlain(byte character) {
        return character >= ' ' && character != '"' && character != '\\';
    }

    /** The same for eight characters at once. */
    private static boolean isPlain(long eight) {
        long controls = (eight - EACH * ' ') & ~eight;
        return ((eight | controls | zeros(eight ^ EACH * '"') | zeros(eight ^ EACH * '\\')) & (EACH << 7)) == 0;
    }

    /** Has the highest bit of some byte set if a byte is zero, and only then. */
    private static long zeros(long eight) {
        return (eight - EACH) & ~eight & (EACH << 7);
    }

    private boolean number(int[] places) {
        int first = at;
        while (at < limit && bytes[at] >= '0' && bytes[at] <= '9') {
            at++;
        }
        places[2 * count] = first;
        places[2 * count + 1] = at;
        int digits = at - first;
        return digits == 1 || (digits > 1 && digits <= MOST_DIGITS && bytes[first] != '0');
    }
}
