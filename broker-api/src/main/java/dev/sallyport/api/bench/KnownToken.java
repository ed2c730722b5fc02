package dev.sallyport.api.bench;

import dev.sallyport.store.Events;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A token that is somewhere in the log.
 *
 * @param sha256 of its compact form, in hexadecimal
 * @param time of its entry
 */
record KnownToken(UUID jti, String sha256, Instant time) {

    private static final int SOME = 1_000;
    private static final JsonMapper JSON = new JsonMapper();

    /** Tokens from all over the log. */
    static List<KnownToken> some(Events events) {
        long size = events.size();
        return ThreadLocalRandom.current()
                .longs(SOME, 0, size)
                .boxed()
                .flatMap(index -> events.read(index, index + 1, 1).stream())
                .flatMap(entry -> of(JSON.readTree(entry.leaf())))
                .toList();
    }

    private static Stream<KnownToken> of(JsonNode leaf) {
        return leaf.has("jti")
                ? Stream.of(new KnownToken(
                        UUID.fromString(leaf.path("jti").asString()),
                        leaf.path("token_sha256").asString(),
                        Instant.parse(leaf.path("time").asString())))
                : Stream.empty();
    }
}
