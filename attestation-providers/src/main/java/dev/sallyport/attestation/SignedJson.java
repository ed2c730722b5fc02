package dev.sallyport.attestation;

import dev.sallyport.core.attest.Check;
import dev.sallyport.core.jwt.StrictJson;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object that a platform made; what is in another shape than the platform's is {@link NotProven}.
 *
 * @param fields its members
 */
record SignedJson(Map<?, ?> fields) {

    static SignedJson parse(byte[] json) {
        try {
            return new SignedJson(StrictJson.object(json));
        } catch (ParseException e) {
            throw new NotProven(Check.FORMAT, "what is signed is not a JSON object without repeated members");
        }
    }

    /** A text that must be there. */
    String text(String name) {
        String text = optional(name);
        NotProven.unless(text != null && !text.isEmpty(), Check.FORMAT, "the document has no " + name);
        return String.valueOf(text);
    }

    /** A text that may be missing or null. */
    @Nullable
    String optional(String name) {
        Object value = fields.get(name);
        NotProven.unless(
                value == null || value instanceof String, Check.FORMAT, "the document's " + name + " is not a string");
        return value == null ? null : (String) value;
    }

    /** A list of texts that may be missing or null. */
    List<String> texts(String name) {
        Object value = fields.get(name);
        if (value == null) {
            return List.of();
        }
        List<String> texts = new ArrayList<>();
        if (value instanceof List<?> list) {
            for (Object each : list) {
                if (each instanceof String text) {
                    texts.add(text);
                }
            }
            if (texts.size() == list.size()) {
                return texts;
            }
        }
        throw new NotProven(Check.FORMAT, "the document's " + name + " is not a list of strings");
    }

    /** An object that must be there. */
    SignedJson object(String name) {
        if (fields.get(name) instanceof Map<?, ?> object) {
            return new SignedJson(object);
        }
        throw new NotProven(Check.FORMAT, "the document has no " + name);
    }

    @Override
    public String toString() {
        return "SignedJson" + fields.keySet();
    }
}
