package dev.sallyport.attestation;

import dev.sallyport.core.Unavailable;
import dev.sallyport.core.attest.Check;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks AWS's security token service, once for all trust providers that look at a request and for a decision that is made anew.
 *
 * <p>An answer is remembered for {@link #MEMORY} under the whole request, its signature and the caller's key among it.
 */
final class StsCalls {

    /** How long an answer is remembered: as long as a decision can take. */
    static final Duration MEMORY = Duration.ofSeconds(5);

    private static final int MAX_REMEMBERED = 256;

    private final Sts sts;
    private final @Nullable URI endpoint;
    private final LongSupplier nanoTime;
    private final Map<Asked, Told> remembered = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Asked, Told> eldest) {
            return size() > MAX_REMEMBERED;
        }
    };

    /**
     * Prepares to ask.
     *
     * @param endpoint where the service is, if it is not AWS's own of each region
     */
    StsCalls(Sts sts, @Nullable URI endpoint, LongSupplier nanoTime) {
        this.sts = sts;
        this.endpoint = endpoint;
        this.nanoTime = nanoTime;
    }

    private record Asked(URI uri, String serverId) {}

    private record Told(SignedJson answer, long at) {}

    @Nullable
    URI endpoint() {
        return endpoint;
    }

    /** The answer; throws {@link NotProven} where AWS does not accept the request, {@link Unavailable} where it is not clear. */
    SignedJson ask(PresignedRequest request, String serverId) {
        Asked asked = new Asked(request.uri(), serverId);
        long now = nanoTime.getAsLong();
        synchronized (remembered) {
            Told told = remembered.get(asked);
            if (told != null && now - told.at < MEMORY.toNanos()) {
                return told.answer;
            }
        }
        SignedJson answer = answer(asked);
        synchronized (remembered) {
            remembered.put(asked, new Told(answer, now));
        }
        return answer;
    }

    private SignedJson answer(Asked asked) {
        Sts.Answer answer = sent(asked);
        boolean refused = answer.status() == 400 || answer.status() == 401 || answer.status() == 403;
        NotProven.unless(
                !refused,
                Check.SIGNATURE,
                "AWS does not accept the signed request, which must sign " + PresignedRequest.SERVER_ID
                        + " with this broker's issuer and the thumbprint of the caller's key");
        String type =
                answer.contentType().toLowerCase(Locale.ROOT).split(";", 2)[0].strip();
        if (answer.status() != 200 || !type.equals("application/json") || answer.body().length > Sts.MAX_BYTES) {
            throw new Unavailable("a clear answer of AWS's security token service");
        }
        try {
            return SignedJson.parse(answer.body());
        } catch (NotProven e) {
            throw new Unavailable("a clear answer of AWS's security token service", e);
        }
    }

    private Sts.Answer sent(Asked asked) {
        try {
            return sts.get(asked.uri, Map.of("Accept", "application/json", PresignedRequest.SERVER_ID, asked.serverId));
        } catch (IOException e) {
            throw new Unavailable("AWS's security token service", e);
        }
    }
}
