package dev.sallyport.attestation;

import com.nimbusds.jose.util.JSONObjectUtils;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The audiences of services that take such tokens themselves: data in {@code foreign-audiences.json}.
 *
 * <p>Whoever let the broker accept theirs would let it, and whoever robs it, use them there; and the other way round.
 *
 * @param patterns match audiences in {@link #plain} form
 */
record ForeignAudiences(List<Pattern> patterns) {

    private static final Pattern SCHEME = Pattern.compile("^https?://");
    private static final Pattern DEFAULT_PORT = Pattern.compile(":443(?=/|$)");

    private static final ForeignAudiences SHIPPED = read();

    /** Those that ship with the module. */
    static ForeignAudiences shipped() {
        return SHIPPED;
    }

    boolean contains(String audience) {
        String plain = plain(audience);
        return patterns.stream().anyMatch(pattern -> pattern.matcher(plain).matches());
    }

    /** Without scheme, default port, slashes at the end, and the difference between cases. */
    private static String plain(String audience) {
        String lower = SCHEME.matcher(audience.strip().toLowerCase(Locale.ROOT)).replaceFirst("");
        return Urls.withoutSlash(DEFAULT_PORT.matcher(lower).replaceFirst(""));
    }

    /** In an audience of the list a star stands for any run of characters. */
    private static Pattern pattern(String audience) {
        return Pattern.compile(Arrays.stream(plain(audience).split("\\*", -1))
                .map(Pattern::quote)
                .collect(Collectors.joining(".*")));
    }

    private static ForeignAudiences read() {
        try (InputStream file = ForeignAudiences.class.getResourceAsStream("foreign-audiences.json")) {
            if (file == null) {
                throw new IllegalStateException("there is no list of foreign audiences");
            }
            Map<String, Object> byPlatform = Json.object(file.readAllBytes());
            List<Pattern> patterns = new ArrayList<>();
            for (String platform : byPlatform.keySet()) {
                for (String audience : JSONObjectUtils.getStringArray(byPlatform, platform)) {
                    patterns.add(pattern(audience));
                }
            }
            return new ForeignAudiences(List.copyOf(patterns));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ParseException e) {
            throw new IllegalStateException("the list of foreign audiences is malformed", e);
        }
    }
}
