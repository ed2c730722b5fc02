package dev.sallyport.api.token;

import dev.sallyport.core.CanonicalJson;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Writes the answers of the OAuth endpoints: JSON that nobody keeps. */
final class OAuthAnswer {

    private OAuthAnswer() {}

    static void json(HttpServletResponse response, int status, Map<String, Object> body) throws IOException {
        write(response, status, "application/json", CanonicalJson.text(body));
    }

    static void refusal(HttpServletResponse response, int status, String error, String description) throws IOException {
        json(response, status, Map.of("error", error, "error_description", description));
    }

    static void write(HttpServletResponse response, int status, String type, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        response.setStatus(status);
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("Pragma", "no-cache");
        response.setContentType(type);
        response.setContentLength(bytes.length);
        response.getOutputStream().write(bytes);
    }
}
