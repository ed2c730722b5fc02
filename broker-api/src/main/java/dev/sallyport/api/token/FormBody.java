package dev.sallyport.api.token;

import dev.sallyport.core.Refusal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A form as it came over the wire (RFC 6749 appendix B), read strictly.
 *
 * <p>Percent-encoding must be whole and mean UTF-8 without control characters: what another reader might take differently
 * is refused. A parameter without a value counts as not sent (RFC 6749 section 3.2).
 */
final class FormBody {

    private static final int MAX_PARAMETERS = 64;

    private final Map<String, List<String>> parameters;

    private FormBody(Map<String, List<String>> parameters) {
        this.parameters = parameters;
    }

    /** Throws {@link BadForm} where the body is not a form. */
    static FormBody parse(byte[] body, int length) {
        Map<String, List<String>> parameters = new LinkedHashMap<>();
        int count = 0;
        for (int from = 0; from < length; ) {
            int end = indexOf(body, '&', from, length);
            if (end > from) {
                if (++count > MAX_PARAMETERS) {
                    throw new BadForm("body", "the body has more than " + MAX_PARAMETERS + " parameters");
                }
                add(body, from, end, parameters);
            }
            from = end + 1;
        }
        return new FormBody(parameters);
    }

    /** All values of a parameter that may repeat. */
    List<String> all(String name) {
        return parameters.getOrDefault(name, List.of());
    }

    /** The value of a parameter that may be missing; null where it is. */
    @Nullable
    String optional(String name) {
        List<String> values = all(name);
        return values.isEmpty() || values.getFirst().isEmpty() ? null : values.getFirst();
    }

    /** Throws {@link BadForm} where the parameter is missing. */
    String required(String name) {
        String value = optional(name);
        if (value == null) {
            throw new BadForm(name, "it is missing");
        }
        return value;
    }

    Map<String, List<String>> parameters() {
        return parameters;
    }

    private static void add(byte[] body, int from, int end, Map<String, List<String>> parameters) {
        int equals = Math.min(indexOf(body, '=', from, end), end);
        String name = decode(body, from, equals, "body");
        String value = equals == end ? "" : decode(body, equals + 1, end, name);
        parameters.computeIfAbsent(name, n -> new ArrayList<>()).add(value);
    }

    private static int indexOf(byte[] body, char sought, int from, int end) {
        int at = from;
        while (at < end && body[at] != sought) {
            at++;
        }
        return at;
    }

    private static String decode(byte[] body, int from, int end, String parameter) {
        byte[] decoded = new byte[end - from];
        int length = 0;
        for (int i = from; i < end; i++) {
            switch (body[i]) {
                case '+' -> decoded[length++] = ' ';
                case '%' -> {
                    decoded[length++] = hexPair(body, i, end, parameter);
                    i += 2;
                }
                default -> decoded[length++] = body[i];
            }
        }
        return text(decoded, length, parameter);
    }

    private static byte hexPair(byte[] body, int percent, int end, String parameter) {
        int high = percent + 2 < end ? Character.digit(body[percent + 1], 16) : -1;
        int low = percent + 2 < end ? Character.digit(body[percent + 2], 16) : -1;
        if (high < 0 || low < 0) {
            throw new BadForm(parameter, "a percent sign is not followed by two hexadecimal digits");
        }
        return (byte) (high << 4 | low);
    }

    private static String text(byte[] decoded, int length, String parameter) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(decoded, 0, length))
                    .toString();
            if (text.chars().anyMatch(c -> c < ' ' || c == 127)) {
                throw new BadForm(parameter, "it holds control characters");
            }
            return text;
        } catch (CharacterCodingException e) {
            throw new BadForm(parameter, "it is not UTF-8");
        }
    }

    /** The body is not a form that can be understood in one way only. */
    static final class BadForm extends RuntimeException {

        private static final long serialVersionUID = 1L;

        private final Refusal.Malformed refusal;

        BadForm(String parameter, String problem) {
            super(problem, null, false, false);
            this.refusal = new Refusal.Malformed(parameter, problem);
        }

        Refusal.Malformed refusal() {
            return refusal;
        }
    }
}
