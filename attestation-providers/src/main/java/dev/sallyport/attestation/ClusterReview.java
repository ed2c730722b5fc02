package dev.sallyport.attestation;

import com.nimbusds.jose.util.JSONObjectUtils;
import dev.sallyport.attestation.ClusterApi.Answer;
import dev.sallyport.core.Unavailable;
import dev.sallyport.core.attest.Check;
import dev.sallyport.core.attest.JwtEvidence;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks one cluster whether it stands by a token at this moment (TokenReview of authentication.k8s.io/v1).
 *
 * @param cluster its name
 * @param pod whether the pod is looked at as well
 */
record ClusterReview(String cluster, ClusterApi api, Audiences audiences, boolean pod, LongSupplier nanoTime) {

    /** For review and pod together. */
    static final Duration WHOLE = Duration.ofSeconds(2);

    /** Where the claims of a pod that was looked at stand. */
    static final String POD = "reviewed_pod";

    private static final System.Logger LOG = System.getLogger(ClusterReview.class.getName());

    /** The claims to add; throws {@link NotProven} where the cluster does not stand by the token. */
    Map<String, Object> claims(JwtEvidence jwt) {
        long end = nanoTime.getAsLong() + WHOLE.toNanos();
        BoundToken token = BoundToken.read(jwt);
        NotProven.unless(!pod || token.pod() != null, Check.REVIEW, "the token is not bound to a pod");
        token.checkReview(object(review(jwt, end).get("status")), jwt);
        if (!pod) {
            return Map.of(POD, Map.of());
        }
        String path = "/api/v1/namespaces/" + token.namespace() + "/pods/" + token.pod();
        Answer answer = sent(path, null, end, "may not get pods");
        NotProven.unless(answer.status() != 404, Check.REVIEW, "the pod is gone");
        return Map.of(POD, ReviewedPod.claims(token, read(answer, 200)));
    }

    private Map<String, Object> review(JwtEvidence jwt, long end) {
        Map<String, Object> request = Map.of(
                "apiVersion", "authentication.k8s.io/v1",
                "kind", "TokenReview",
                "spec", Map.of("token", jwt.compact(), "audiences", audiences.all(jwt.use())));
        byte[] json = JSONObjectUtils.toJSONString(request).getBytes(StandardCharsets.UTF_8);
        Map<String, Object> review = read(
                sent("/apis/authentication.k8s.io/v1/tokenreviews", json, end, "may not create tokenreviews"), 201);
        if (!"TokenReview".equals(review.get("kind"))) {
            throw unclear("something else than a TokenReview", null);
        }
        return review;
    }

    private Answer sent(String path, byte @Nullable [] json, long end, String lack) {
        Duration left = Duration.ofNanos(Math.max(1, end - nanoTime.getAsLong()));
        Answer answer;
        try {
            answer = api.send(path, json, left);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "The API server of cluster {0} can''t be reached: {1}", cluster, e);
            throw new Unavailable("the API server of cluster " + cluster, e);
        }
        if (answer.status() == 401 || answer.status() == 403) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "The broker''s own credentials for cluster {0} do not suffice ({1}): {2}",
                    cluster,
                    Integer.toString(answer.status()),
                    answer.status() == 401 ? "the API server does not know them" : "they " + lack);
            throw new Unavailable("the API server of cluster " + cluster + " refuses the broker's own credentials");
        }
        return answer;
    }

    private Map<String, Object> read(Answer answer, int expected) {
        if (answer.status() != expected && answer.status() != 200) {
            throw unclear("status " + answer.status(), null);
        }
        if (answer.body().length > ClusterApi.MAX_BYTES) {
            throw unclear("more than " + ClusterApi.MAX_BYTES + " bytes", null);
        }
        try {
            return Json.object(answer.body());
        } catch (ParseException e) {
            throw unclear("something else than a JSON object", e);
        }
    }

    private Unavailable unclear(String what, @Nullable Exception cause) {
        LOG.log(System.Logger.Level.WARNING, "The API server of cluster {0} answered with {1}", cluster, what);
        String missing = "a clear answer of the API server of cluster " + cluster;
        return cause == null ? new Unavailable(missing) : new Unavailable(missing, cause);
    }

    /** An object, empty where there is none. */
    static Map<?, ?> object(@Nullable Object json) {
        return json instanceof Map<?, ?> object ? object : Map.of();
    }

    /** A list, empty where there is none. */
    static List<?> list(@Nullable Object json) {
        return json instanceof List<?> list ? list : List.of();
    }
}
