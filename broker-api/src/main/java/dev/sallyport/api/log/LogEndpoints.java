package dev.sallyport.api.log;

import dev.sallyport.api.web.Problem;
import dev.sallyport.api.web.Problems;
import dev.sallyport.store.Checkpoint;
import dev.sallyport.store.PublicLog;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/** The log for anyone: verifier key, checkpoint, tiles (C2SP tlog-tiles) and receipts. */
public final class LogEndpoints {

    static final MediaType TEXT = new MediaType(MediaType.TEXT_PLAIN, StandardCharsets.UTF_8);

    private static final CacheControl FIVE_MINUTES = CacheControl.maxAge(Duration.ofMinutes(5));
    private static final CacheControl A_MOMENT = CacheControl.maxAge(Duration.ofSeconds(1));
    private static final CacheControl FOR_EVER =
            CacheControl.maxAge(Duration.ofDays(365)).cachePublic().immutable();

    private final PublicLog log;

    private LogEndpoints(PublicLog log) {
        this.log = log;
    }

    public static RouterFunction<ServerResponse> routes(PublicLog log) {
        LogEndpoints endpoints = new LogEndpoints(log);
        return RouterFunctions.route()
                .GET("/log/key", endpoints::key)
                .GET("/log/checkpoint", endpoints::checkpoint)
                .GET("/log/tile/entries/{*index}", endpoints::entries)
                .GET("/log/tile/{level}/{*index}", endpoints::hashes)
                .add(ReceiptEndpoints.byToken(log))
                .filter(new Problems())
                .build();
    }

    private ServerResponse key(ServerRequest request) {
        return answer(TEXT, FIVE_MINUTES, bytes(String.join("\n", log.verifierKeys()) + "\n"));
    }

    private ServerResponse checkpoint(ServerRequest request) {
        Checkpoint latest = log.checkpoint().orElseThrow(() -> notYet("there is no checkpoint yet"));
        return answer(TEXT, A_MOMENT, bytes(latest.note()));
    }

    private ServerResponse hashes(ServerRequest request) {
        int level = TilePath.level(request.pathVariable("level"));
        TilePath path = path(request);
        return tile(log.hashes(level, path.tile(), path.width()));
    }

    private ServerResponse entries(ServerRequest request) {
        TilePath path = path(request);
        return tile(log.leaves(path.tile(), path.width()).map(LogEndpoints::bundle));
    }

    /** The index begins with the slash before it. */
    private static TilePath path(ServerRequest request) {
        String index = request.pathVariable("index");
        return TilePath.of(index.isEmpty() ? index : index.substring(1));
    }

    private static ServerResponse tile(Optional<byte[]> tile) {
        byte[] found = tile.orElseThrow(() -> new Problem(404, "not-found", "the checkpoint does not reach that far"));
        return answer(MediaType.APPLICATION_OCTET_STREAM, FOR_EVER, found);
    }

    /** Each leaf behind its length, two bytes with the higher one first. */
    private static byte[] bundle(List<byte[]> leaves) {
        ByteArrayOutputStream bundle = new ByteArrayOutputStream();
        for (byte[] leaf : leaves) {
            if (leaf.length >>> 16 != 0) {
                throw new IllegalStateException("a leaf of " + leaf.length + " bytes fits no bundle");
            }
            bundle.write(leaf.length >>> 8);
            bundle.write(leaf.length);
            bundle.writeBytes(leaf);
        }
        return bundle.toByteArray();
    }

    static Problem notYet(String detail) {
        return new Problem(503, "not-yet", detail, Map.of(), Map.of("Retry-After", "1"));
    }

    static ServerResponse answer(MediaType type, CacheControl cache, byte[] body) {
        return ServerResponse.ok().contentType(type).cacheControl(cache).body(body);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
