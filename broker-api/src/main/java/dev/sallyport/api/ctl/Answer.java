package dev.sallyport.api.ctl;

import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/** What came back. */
@SuppressWarnings("ArrayRecordComponent") // Bytes on their way to a parser; nobody compares these records.
record Answer(int status, HttpHeaders headers, byte[] body) {

    private static final int FIRST_ERROR = 300;

    boolean ok() {
        return status >= 200 && status < FIRST_ERROR;
    }

    String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    Optional<String> header(String name) {
        return headers.firstValue(name);
    }

    /** The body; missing where it is no JSON. */
    JsonNode json() {
        try {
            return JsonMapper.shared().readTree(body);
        } catch (JacksonException e) {
            return MissingNode.getInstance();
        }
    }

    @Override
    public String toString() {
        return "answer " + status;
    }
}
