package dev.sallyport.core.jwt;

import com.nimbusds.jose.util.JSONObjectUtils;
import java.text.ParseException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads JSON objects that all parsers understand alike: strict UTF-8, no member twice, not nested deeply. */
public final class StrictJson {

    private static final int MAX_DEPTH = 8;

    private StrictJson() {}

    /** Throws where the bytes are anything but one JSON object. */
    public static Map<String, Object> object(byte[] utf8) throws ParseException {
        String text = Utf8.decode(utf8);
        if (!text.strip().startsWith("{")) { // the parser reads null as null and [] as an empty object
            throw new ParseException("not a JSON object", 0);
        }
        JsonShape.check(text, MAX_DEPTH);
        @Nullable Map<String, Object> object = JSONObjectUtils.parse(text);
        if (object == null) {
            throw new ParseException("not a JSON object", 0);
        }
        return object;
    }
}
