package dev.sallyport.api.token;

import dev.sallyport.core.Refusal;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A form as it came over the wire (RFC 6749 appendix B), read strictly.
 *
 * <p>Percent-encoding must be whole and mean UTF-8 without control characters: what another reader might take differently
 * is refused. A parameter without a value counts as not sent (RFC 6749 section 3.2).
 */
final class FormBody {

    private static final int MAX_BODY = 64 * 1024;
    private static final int MAX_PARAMETERS = 64;

    private final Map<String, List<String>> parameters;

    private FormBody(Map<String, List<String>> parameters) {
        this.parameters = parameters;
    }

    /**
     * Reads the form of a request, at most 64 KiB.
     *
     * @throws BadForm where it has none, or one that can be understood in more than one way
     */
    static FormBody of(HttpServletRequest request) throws IOException {
        if (request.getQueryString() != null) {
            throw new BadForm("query", "parameters belong in the body, not in the URL");
        }
        if (!isForm(request.getContentType()) || request.getHeader("Content-Encoding") != null) {
            throw new BadForm(
                    "Content-Type", "the body must be application/x-www-form-urlencoded, in UTF-8 and unencoded");
        }
        long declared = request.getContentLengthLong();
        byte[] body = new byte[declared < 0 ? MAX_BODY + 1 : (int) Math.min(declared, MAX_BODY + 1)];
        int length =
                declared > MAX_BODY ? body.length : request.getInputStream().readNBytes(body, 0, body.length);
        if (length > MAX_BODY) {
            throw new BadForm(new Refusal.TooLarge("the body is larger than " + MAX_BODY + " bytes"));
        }
        return parse(body, length);
    }

    private static boolean isForm(@Nullable String contentType) {
        if (contentType == null) {
            return false;
        }
        String[] parts = contentType.toLowerCase(Locale.ROOT).split(";", 2);
        String parameters = parts.length == 1 ? "" : parts[1].replace("\"", "").strip();
        return parts[0].strip().equals("application/x-www-form-urlencoded")
                && (parameters.isEmpty() || parameters.equals("charset=utf-8"));
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

        private final transient Refusal refusal;

        BadForm(String parameter, String problem) {
            this(new Refusal.Malformed(parameter, problem));
        }

        BadForm(Refusal refusal) {
            super(refusal.detail(), null, false, false);
            this.refusal = refusal;
        }

        Refusal refusal() {
            return refusal;
        }
    }
}
