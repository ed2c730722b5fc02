package dev.sallyport.api.replay;

import dev.sallyport.core.log.Entry;
import java.time.DateTimeException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * The public part of an entry, which is there when its detail is erased.
 *
 * @param time always in 24 characters, which sort like the times
 * @param expires when the token ends; null where there is none
 */
record Leaf(
        String time, String type, String outcome, @Nullable Instant expires) {

    private static final JsonFactory JSON = new JsonFactory();
    private static final int TIME_LENGTH = 24;

    /** Reads it; what is not there as it was written is an {@link IllegalArgumentException}. */
    static Leaf read(byte[] leaf) {
        String time = "";
        String type = "";
        String outcome = "";
        Instant expires = null;
        try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), leaf)) {
            JsonToken _ = json.nextToken();
            for (String name = json.nextName(); name != null; name = json.nextName()) {
                JsonToken _ = json.nextToken();
                switch (name) {
                    case "time" -> time = json.getString();
                    case "type" -> type = json.getString();
                    case "outcome" -> outcome = json.getString();
                    case "expires" -> expires = Instant.parse(json.getString());
                    default -> {}
                }
            }
        } catch (JacksonException | DateTimeException e) {
            throw new IllegalArgumentException("a leaf is no JSON object of the expected shape", e);
        }
        if (time.length() != TIME_LENGTH || type.isEmpty()) {
            throw new IllegalArgumentException("a leaf lacks its time or its type");
        }
        return new Leaf(time, type, outcome, expires);
    }

    boolean isAttempt() {
        return type.equals(Entry.ISSUANCE);
    }

    boolean issued() {
        return outcome.equals("issued");
    }
}
