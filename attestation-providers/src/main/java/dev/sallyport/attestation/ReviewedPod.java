package dev.sallyport.attestation;

import dev.sallyport.core.attest.Check;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a pod as the API server shows it. */
final class ReviewedPod {

    private static final int MAX_LABELS = 128;
    private static final int MAX_DIGESTS = 32;

    /** Every list of containers: what runs beside the main ones counts as well. */
    private static final List<String> CONTAINERS =
            List.of("containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses");

    private static final Pattern DIGEST = Pattern.compile("(?:^|[@/])(sha256:[0-9a-f]{64})$");

    private ReviewedPod() {}

    /** Its labels and images; throws {@link NotProven} unless it is the token's pod, and runs. */
    static Map<String, Object> claims(BoundToken token, Map<String, Object> pod) {
        Map<?, ?> metadata = ClusterReview.object(pod.get("metadata"));
        Map<?, ?> spec = ClusterReview.object(pod.get("spec"));
        Map<?, ?> status = ClusterReview.object(pod.get("status"));
        boolean same = token.namespace().equals(metadata.get("namespace"))
                && String.valueOf(token.pod()).equals(metadata.get("name"))
                && String.valueOf(token.podUid()).equals(metadata.get("uid"))
                && token.account().equals(spec.get("serviceAccountName"));
        NotProven.unless(same, Check.REVIEW, "the pod is not the one that the token is bound to");
        NotProven.unless(
                token.node() == null || token.node().equals(spec.get("nodeName")),
                Check.REVIEW,
                "the pod is not on the node that the token names");
        NotProven.unless(metadata.get("deletionTimestamp") == null, Check.REVIEW, "the pod is being deleted");
        NotProven.unless("Running".equals(status.get("phase")), Check.REVIEW, "the pod does not run");
        return Map.of("labels", labels(metadata), "image_digests", List.copyOf(digests(status)));
    }

    private static Map<String, Object> labels(Map<?, ?> metadata) {
        Map<String, Object> labels = new HashMap<>();
        ClusterReview.object(metadata.get("labels")).forEach((name, value) -> {
            if (value instanceof String text) {
                labels.put(String.valueOf(name), text);
            }
        });
        NotProven.unless(labels.size() <= MAX_LABELS, Check.CLAIMS, "the pod has more than " + MAX_LABELS + " labels");
        return labels;
    }

    private static SortedSet<String> digests(Map<?, ?> status) {
        SortedSet<String> digests = new TreeSet<>();
        for (String list : CONTAINERS) {
            for (Object container : ClusterReview.list(status.get(list))) {
                Object image = ClusterReview.object(container).get("imageID");
                Matcher matcher = DIGEST.matcher(image instanceof String text ? text : "");
                if (matcher.find()) {
                    digests.add(matcher.group(1));
                }
            }
        }
        NotProven.unless(
                digests.size() <= MAX_DIGESTS, Check.CLAIMS, "the pod has more than " + MAX_DIGESTS + " images");
        return digests;
    }
}
