package dev.sallyport.attestation;

import dev.sallyport.core.attest.Claims;
import dev.sallyport.core.attest.Claims.Many;
import dev.sallyport.core.attest.Claims.One;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes a string or a list of strings of what a token says. */
final class ClaimValue {

    /** Beyond, JSON numbers are not exact any more (RFC 8259 section 6), so that two ids could read alike. */
    private static final double MAX_EXACT = 1L << 53;

    private ClaimValue() {}

    /**
     * Texts stay, numbers and booleans become their JSON text, lists of these become lists. Null for anything else: no
     * value, objects, lists with an object or list in them, numbers that can't be told exactly.
     */
    static Claims.@Nullable Value of(@Nullable Object json) {
        if (!(json instanceof List<?> list)) {
            String text = text(json);
            return text == null ? null : new One(text);
        }
        List<String> texts = new ArrayList<>();
        for (Object element : list) {
            String text = text(element);
            if (text == null) {
                return null;
            }
            texts.add(text);
        }
        return new Many(texts);
    }

    private static @Nullable String text(@Nullable Object json) {
        return switch (json) {
            case String text -> text;
            case Boolean truth -> truth.toString();
            case Long number -> number.toString();
            case Double number when Math.abs(number) >= MAX_EXACT -> null;
            case Double number when number == Math.rint(number) -> Long.toString(number.longValue());
            case Double number -> number.toString();
            case null, default -> null;
        };
    }
}
