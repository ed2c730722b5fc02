package dev.sallyport.api.web;

import java.util.List;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.function.ServerRequest;

/** Which of two media types a caller likes better, by their quality in {@code Accept} (RFC 9110 section 12.5.1). */
public final class Preference {

    private Preference() {}

    /** Whether the second choice comes before the first. */
    public static boolean isFor(MediaType second, MediaType first, ServerRequest request) {
        List<MediaType> accepted = request.headers().accept();
        return quality(accepted, second) > quality(accepted, first);
    }

    private static double quality(List<MediaType> accepted, MediaType offered) {
        return accepted.stream()
                .filter(range -> range.includes(offered))
                .mapToDouble(MediaType::getQualityValue)
                .max()
                .orElse(0);
    }
}
