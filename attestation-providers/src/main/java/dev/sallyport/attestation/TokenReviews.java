package dev.sallyport.attestation;

import dev.sallyport.core.Invalid;
import dev.sallyport.core.attest.JwtEvidence;
import dev.sallyport.core.attest.TrustProvider;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;

/**
 * The Kubernetes clusters that can be asked about their tokens, and what they said a moment ago.
 *
 * <p>That a cluster stands by a token is remembered for {@link #MEMORY}; that it does not is not remembered.
 */
public final class TokenReviews {

    /** The type of trust providers that may name a cluster. */
    static final String TYPE = "kubernetes";

    static final Duration MEMORY = Duration.ofSeconds(10);

    /** Each holds the labels and images of a pod, some hundred bytes. */
    private static final int MAX_REMEMBERED = 2048;

    private final Map<String, ClusterApi> clusters;
    private final LongSupplier nanoTime;
    private final int most;
    private final Map<Key, Told> remembered = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Told> eldest) {
            return size() > most;
        }
    };

    /**
     * Prepares to ask.
     *
     * @param clusters by the names that documents have for them
     * @param nanoTime measures how old an answer is, such as {@link System#nanoTime}
     */
    public TokenReviews(Map<String, ClusterApi> clusters, LongSupplier nanoTime) {
        this(clusters, nanoTime, MAX_REMEMBERED);
    }

    private TokenReviews(Map<String, ClusterApi> clusters, LongSupplier nanoTime, int most) {
        this.clusters = new TreeMap<>(clusters);
        this.nanoTime = nanoTime;
        this.most = most;
    }

    /** No cluster can be asked. */
    static TokenReviews none() {
        return new TokenReviews(Map.of(), () -> 0L, 0);
    }

    /** The same, remembering nothing. */
    TokenReviews rehearsed() {
        return new TokenReviews(clusters, nanoTime, 0);
    }

    /**
     * Asks about the tokens of a document's cluster. Where it names none nobody looks at a pod, and nothing that a token says
     * itself can pass for that.
     */
    UnaryOperator<JwtEvidence> of(TrustProvider document, Audiences audiences) {
        TrustProvider.Review review = document.review();
        if (review == null) {
            return document.type().equals(TYPE)
                    ? jwt -> jwt.with(Map.of(ClusterReview.POD, Map.of()))
                    : UnaryOperator.identity();
        }
        ClusterApi api = clusters.get(review.cluster());
        if (api == null) {
            throw new Invalid(
                    "review.cluster", "is not one of those of the start-up configuration (--kubernetes-cluster)");
        }
        boolean pod = Boolean.TRUE.equals(review.pod());
        ClusterReview asking = new ClusterReview(review.cluster(), api, audiences, pod, nanoTime);
        return jwt -> recalled(new Key(document.name(), review.cluster(), pod, jwt.digest()), jwt, asking);
    }

    private JwtEvidence recalled(Key key, JwtEvidence jwt, ClusterReview asking) {
        long now = nanoTime.getAsLong();
        Told told;
        synchronized (remembered) {
            told = remembered.get(key);
        }
        if (told != null && told.signature.equals(jwt.signature()) && now - told.at < MEMORY.toNanos()) {
            return jwt.with(told.claims);
        }
        Map<String, Object> claims = asking.claims(jwt);
        synchronized (remembered) {
            remembered.remove(key);
            remembered.put(key, new Told(jwt.signature(), claims, now));
        }
        return jwt.with(claims);
    }

    private record Key(String provider, String cluster, boolean pod, String digest) {}

    /**
     * That the cluster stood by a token.
     *
     * @param at when it was asked, by the monotonic clock
     */
    private record Told(String signature, Map<String, Object> claims, long at) {

        @Override
        public String toString() {
            return "Told[redacted]";
        }
    }
}
