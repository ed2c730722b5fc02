package dev.sallyport.attestation;

import com.nimbusds.jose.util.JSONObjectUtils;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An API server that stands by one token and one pod, in the words of a real one, but for what a test changes. */
final class TestCluster implements ClusterApi {

    static final String DIGEST = "sha256:" + "ab".repeat(32);

    final List<String> paths = new ArrayList<>();
    final List<String> sent = new ArrayList<>();

    int reviewStatus = 201;
    int podStatus = 200;

    @Nullable
    IOException failure;

    String review = """
            {"kind":"TokenReview","apiVersion":"authentication.k8s.io/v1","metadata":{},
            "spec":{"token":"t","audiences":["https://broker.example"]},
            "status":{"authenticated":true,"user":{
            "username":"system:serviceaccount:billing:invoice-bot","uid":"sa-uid-1",
            "groups":["system:serviceaccounts","system:serviceaccounts:billing","system:authenticated"],
            "extra":{"authentication.kubernetes.io/credential-id":["JTI=token-1"],
            "authentication.kubernetes.io/node-name":["node-a"],
            "authentication.kubernetes.io/node-uid":["node-uid-1"],
            "authentication.kubernetes.io/pod-name":["invoice-bot-5d"],
            "authentication.kubernetes.io/pod-uid":["pod-uid-1"]}},
            "audiences":["https://broker.example"]}}""";

    String pod = """
            {"kind":"Pod","apiVersion":"v1","metadata":{"name":"invoice-bot-5d","namespace":"billing","uid":"pod-uid-1",
            "labels":{"app.kubernetes.io/name":"invoice-bot","team":"billing"},
            "managedFields":[{"fieldsV1":{"f:spec":{"f:containers":{"k:x":{"f:ports":{"k:y":{"f:p":{"f:q":{}}}}}}}}}]},
            "spec":{"serviceAccountName":"invoice-bot","nodeName":"node-a"},
            "status":{"phase":"Running","containerStatuses":[
            {"name":"bot","imageID":"registry.example/bot@%s","ready":true},
            {"name":"starting","imageID":""}]}}""".formatted(DIGEST);

    @Override
    public Answer send(String path, byte @Nullable [] json, Duration within) throws IOException {
        paths.add(path);
        sent.add(json == null ? "" : new String(json, StandardCharsets.UTF_8));
        if (failure != null) {
            throw failure;
        }
        return json == null ? answer(podStatus, pod) : answer(reviewStatus, review);
    }

    TestCluster reviewing(String part, String instead) {
        review = changed(review, part, instead);
        return this;
    }

    TestCluster podding(String part, String instead) {
        pod = changed(pod, part, instead);
        return this;
    }

    /** What the last review asked. */
    @Nullable
    Object spec() throws ParseException {
        return JSONObjectUtils.parse(sent.getFirst()).get("spec");
    }

    private static String changed(String json, String part, String instead) {
        if (!json.contains(part)) {
            throw new AssertionError(part);
        }
        return json.replace(part, instead);
    }

    private static Answer answer(int status, String body) {
        return new Answer(status, body.getBytes(StandardCharsets.UTF_8));
    }
}
