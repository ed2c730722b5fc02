package dev.sallyport.api.security;

import dev.sallyport.core.Invalid;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.core.Ordered;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.UrlBasedCorsConfigurationSource;
import org.springframework.web.filter.CorsFilter;

/**
 * Lets pages of listed origins call the admin API and the token endpoint from a browser (the Fetch standard's CORS).
 *
 * <p>Without a list no answer has such a header, so that no page but the broker's own origin's can read one. Cookies play no part.
 */
public final class CrossOrigin {

    private static final List<String> SENT =
            List.of("Authorization", "DPoP", "Content-Type", "If-Match", "If-None-Match");
    private static final List<String> SHOWN =
            List.of("ETag", "Location", "DPoP-Nonce", "WWW-Authenticate", "Retry-After", "Allow");

    private CrossOrigin() {}

    /** The filter; does nothing where the list is empty. Throws {@link Invalid} for what is no origin. */
    public static FilterRegistrationBean<CorsFilter> filter(List<String> origins) {
        for (int i = 0; i < origins.size(); i++) {
            Invalid.unless(isOrigin(origins.get(i)), "cors-origin", "must be origins such as https://console.example");
        }
        CorsConfiguration allowed = new CorsConfiguration();
        allowed.setAllowedOrigins(origins);
        allowed.setAllowedMethods(List.of("GET", "POST", "PUT", "DELETE"));
        allowed.setAllowedHeaders(SENT);
        allowed.setExposedHeaders(SHOWN);
        allowed.setAllowCredentials(false);
        UrlBasedCorsConfigurationSource source = new UrlBasedCorsConfigurationSource();
        source.registerCorsConfiguration("/**", allowed);
        FilterRegistrationBean<CorsFilter> registration = new FilterRegistrationBean<>(new CorsFilter(source));
        registration.addUrlPatterns("/v1/*", "/oauth2/token");
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
        registration.setEnabled(!origins.isEmpty());
        return registration;
    }

    private static boolean isOrigin(String text) {
        try {
            URI uri = new URI(text);
            boolean http = "https".equals(uri.getScheme()) || "http".equals(uri.getScheme());
            return http
                    && uri.getHost() != null
                    && text.equals(uri.getScheme() + "://" + uri.getRawAuthority())
                    && uri.getRawUserInfo() == null;
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
