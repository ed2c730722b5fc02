package dev.sallyport.api.verify;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Fetches what a log publishes. It believes nothing of it. */
final class LogServer implements AutoCloseable {

    /** 256 entries of at most 65,535 bytes, each with its length. */
    private static final int MAX_BUNDLE = TilePath.WIDTH * (2 + 0xFFFF);

    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration ANSWER = Duration.ofSeconds(60);
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;
    private static final int GONE = 410;
    private static final JsonMapper JSON = JsonMapper.shared();

    private final String base;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(CONNECT).build();

    /**
     * Knows a server.
     *
     * @param base the broker's base URL
     */
    LogServer(String base) {
        this.base = base.endsWith("/") ? base.substring(0, base.length() - 1) : base;
    }

    String key() throws Unreadable, Disagreement {
        return text("/log/key");
    }

    Checkpoint checkpoint() throws Unreadable, Disagreement {
        return Checkpoint.parse(text("/log/checkpoint"));
    }

    private String text(String path) throws Unreadable, Disagreement {
        byte[] bytes =
                get(path, Checkpoint.MAX_LENGTH).orElseThrow(() -> new Unreadable(base + path + " is not there"));
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** A tile, or the full one where only that is served; empty where neither is. It may be longer than was asked for. */
    Optional<byte[]> tile(TilePath path) throws Unreadable, Disagreement {
        Optional<byte[]> tile = get(path.toString(), MAX_BUNDLE);
        return tile.isPresent() || !path.partial() ? tile : get(path.full().toString(), MAX_BUNDLE);
    }

    private Optional<byte[]> get(String path, int most) throws Unreadable, Disagreement {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(base + path)).timeout(ANSWER).build();
        try {
            HttpResponse<InputStream> answer = http.send(request, BodyHandlers.ofInputStream());
            try (InputStream body = answer.body()) {
                return body(base + path, answer.statusCode(), body.readNBytes(most + 1), most);
            }
        } catch (IOException e) {
            throw new Unreadable(base + path + " can't be read: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unreadable("interrupted", e);
        }
    }

    private static Optional<byte[]> body(String url, int status, byte[] bytes, int most)
            throws Unreadable, Disagreement {
        if (status == NOT_FOUND) {
            return Optional.empty();
        }
        if (status != OK) {
            throw refused(url, status, bytes);
        }
        if (bytes.length > most) {
            throw new Disagreement(url + " is longer than it can be");
        }
        return Optional.of(bytes);
    }

    /** What a broker says of entries that it does not have; whoever lies here only has himself found at fault. */
    private static Unreadable refused(String url, int status, byte[] problem) throws Disagreement {
        long lost = number(problem, "index");
        if (lost >= 0) {
            throw Disagreement.at(lost, "is missing: " + url + " answered " + status + ", and that it is lost");
        }
        long first = number(problem, "first");
        return status == GONE && first >= 0
                ? new Unreadable("the entries before " + first + " have been archived: verify this log with --from "
                        + first + ", and the archive as an export")
                : new Unreadable(url + " answered " + status);
    }

    private static long number(byte[] problem, String member) {
        try {
            return JSON.readTree(problem).path(member).asLong(-1);
        } catch (JacksonException e) {
            return -1;
        }
    }

    @Override
    public void close() {
        http.close();
    }
}
