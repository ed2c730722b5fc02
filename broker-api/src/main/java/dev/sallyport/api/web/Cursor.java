package dev.sallyport.api.web;

import dev.sallyport.core.Hash;
import dev.sallyport.core.Invalid;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Pattern;

/**
 * Where the next page of a list begins, as clients carry it: opaque, and good only for the list that it was made for.
 *
 * <p>In base64url without padding: the first eight bytes of the scope's SHA-256, then the position. It is no secret and gives
 * no right: whoever may read a list may read any page of it.
 */
public final class Cursor {

    private static final int BINDING = 8;
    private static final int MAX_POSITION = 512;
    private static final Pattern INDEX = Pattern.compile("[1-9][0-9]{0,17}");
    private static final int MAX_LENGTH = ((BINDING + MAX_POSITION) * 4 + 2) / 3;

    private Cursor() {}

    /**
     * Makes a cursor.
     *
     * @param scope the list and all its filters
     * @param position what the list needs to go on; 1 to 512 bytes
     */
    public static String encode(String scope, String position) {
        byte[] text = position.getBytes(StandardCharsets.UTF_8);
        if (text.length == 0 || text.length > MAX_POSITION) {
            throw new IllegalArgumentException("a position of " + text.length + " bytes");
        }
        byte[] bytes = ByteBuffer.allocate(BINDING + text.length)
                .put(binding(scope))
                .put(text)
                .array();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /**
     * Returns the position.
     *
     * @throws Invalid when it is no cursor, or was made for another list or other filters
     */
    public static String decode(String cursor, String scope) {
        byte[] bytes = bytes(cursor);
        if (bytes.length <= BINDING || bytes.length > BINDING + MAX_POSITION) {
            throw malformed();
        }
        Invalid.unless(
                Arrays.equals(bytes, 0, BINDING, binding(scope), 0, BINDING),
                "cursor",
                "was made for another list, or for other filters");
        try {
            ByteBuffer position = ByteBuffer.wrap(bytes, BINDING, bytes.length - BINDING);
            return StandardCharsets.UTF_8.newDecoder().decode(position).toString();
        } catch (CharacterCodingException e) {
            throw malformed();
        }
    }

    /** The index of the log that a page's items are below, where that is the position: of the first page, the highest number. */
    public static long index(Parameters given, String scope) {
        return given.text("cursor")
                .map(cursor -> {
                    String position = decode(cursor, scope);
                    if (!INDEX.matcher(position).matches()) {
                        throw malformed();
                    }
                    return Long.parseLong(position);
                })
                .orElse(Long.MAX_VALUE);
    }

    private static byte[] bytes(String cursor) {
        if (cursor.length() > MAX_LENGTH) {
            throw malformed();
        }
        try {
            return Base64.getUrlDecoder().decode(cursor);
        } catch (IllegalArgumentException e) {
            throw malformed();
        }
    }

    private static byte[] binding(String scope) {
        return Arrays.copyOf(Hash.sha256(scope.getBytes(StandardCharsets.UTF_8)), BINDING);
    }

    /** The complaint about a cursor that this list did not give out. */
    public static Invalid malformed() {
        return new Invalid("cursor", "must be the next of a page before");
    }
}
