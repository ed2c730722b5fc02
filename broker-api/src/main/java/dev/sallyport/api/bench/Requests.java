package dev.sallyport.api.bench;

import dev.sallyport.api.token.TokenEndpoint;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

/** Makes token requests that no one has seen before, whole as they go over the wire. */
record Requests(Organisation organisation, Evidence evidence, InstantSource clock) {

    /** Enough for what one phase can use; at a good kilobyte each they take a hundred megabytes. */
    static final int MOST = 80_000;

    private static final Duration LIFETIME = Duration.ofMinutes(10);

    /** Neighbours in time are not neighbours in the directory: a prime beyond its size, so that every agent has its turn. */
    private static final long STRIDE = 104_729;

    /** Signs so many, on all cores, issued now. */
    List<byte[]> sign(int count) {
        Instant now = clock.instant();
        return IntStream.range(0, count)
                .parallel()
                .mapToObj(i -> request((int) (i * STRIDE % organisation.agents()), now))
                .toList();
    }

    private byte[] request(int agent, Instant now) {
        String assertion = evidence.sign(organisation.claims(
                agent,
                now.getEpochSecond(),
                now.plus(LIFETIME).getEpochSecond(),
                UUID.randomUUID().toString()));
        String form = "grant_type=" + encoded("urn:ietf:params:oauth:grant-type:jwt-bearer") + "&assertion=" + assertion
                + "&resource=" + encoded(organisation.resource(agent)) + "&scope="
                + encoded(organisation.scope(agent));
        String request = "POST " + TokenEndpoint.PATH + " HTTP/1.1\r\nHost: localhost\r\n"
                + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: " + form.length() + "\r\n\r\n"
                + form;
        return request.getBytes(StandardCharsets.US_ASCII);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
