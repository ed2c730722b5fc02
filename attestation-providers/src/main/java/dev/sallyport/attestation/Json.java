package dev.sallyport.attestation;

import com.nimbusds.jose.util.JSONObjectUtils;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads JSON objects. */
final class Json {

    private Json() {}

    static Map<String, Object> object(byte[] utf8) throws ParseException {
        @Nullable Map<String, Object> object = JSONObjectUtils.parse(new String(utf8, StandardCharsets.UTF_8));
        if (object == null) {
            throw new ParseException("is not a JSON object", 0);
        }
        return object;
    }
}
