package dev.sallyport.attestation;

import dev.sallyport.core.attest.Check;
import dev.sallyport.core.attest.JwtEvidence;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a bound service-account token says of itself.
 *
 * @param account the service account's name
 * @param uid its UID
 * @param pod the pod that it is bound to; null where there is none
 */
record BoundToken(
        String namespace,
        String account,
        String uid,
        @Nullable String pod,
        @Nullable String podUid,
        @Nullable String node,
        @Nullable String nodeUid) {

    private static final String EXTRA = "authentication.kubernetes.io/";

    /** Names of objects, DNS labels and subdomains (RFC 1123); they become part of a path. */
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?");

    static BoundToken read(JwtEvidence jwt) {
        Map<?, ?> claims = ClusterReview.object(jwt.claim("kubernetes.io"));
        Map<?, ?> pod = ClusterReview.object(claims.get("pod"));
        Map<?, ?> node = ClusterReview.object(claims.get("node"));
        Map<?, ?> account = ClusterReview.object(claims.get("serviceaccount"));
        String namespace = named(claims.get("namespace"));
        String name = named(account.get("name"));
        NotProven.unless(
                ("system:serviceaccount:" + namespace + ":" + name).equals(jwt.text("sub")),
                Check.REVIEW,
                "the token's subject is not its service account");
        boolean bound = !pod.isEmpty();
        return new BoundToken(
                namespace,
                name,
                texted(account.get("uid")),
                bound ? named(pod.get("name")) : null,
                bound ? texted(pod.get("uid")) : null,
                node.isEmpty() ? null : texted(node.get("name")),
                node.isEmpty() ? null : texted(node.get("uid")));
    }

    /** Throws {@link NotProven} unless the review says that this very token is good, and good for us. */
    void checkReview(Map<?, ?> status, JwtEvidence jwt) {
        Object error = status.get("error");
        NotProven.unless(
                Boolean.TRUE.equals(status.get("authenticated")) && (error == null || error.equals("")),
                Check.REVIEW,
                "the cluster does not stand by the token: its pod or its service account may be gone");
        List<?> audiences = ClusterReview.list(status.get("audiences"));
        List<?> own = jwt.claim("aud") instanceof List<?> many ? many : List.of(String.valueOf(jwt.claim("aud")));
        NotProven.unless(
                !audiences.isEmpty() && own.containsAll(audiences),
                Check.REVIEW,
                "the cluster does not say that the token is for this broker");
        Map<?, ?> user = ClusterReview.object(status.get("user"));
        Map<?, ?> extra = ClusterReview.object(user.get("extra"));
        boolean same = String.valueOf(jwt.text("sub")).equals(user.get("username"))
                && uid.equals(user.get("uid"))
                && says(extra, "pod-name", pod, true)
                && says(extra, "pod-uid", podUid, true)
                && says(extra, "node-name", node, false)
                && says(extra, "node-uid", nodeUid, false)
                && says(extra, "credential-id", jwt.text("jti") == null ? null : "JTI=" + jwt.text("jti"), false);
        NotProven.unless(same, Check.REVIEW, "the cluster's answer is about another token");
    }

    /**
     * Whether the cluster says the same.
     *
     * @param always whether every cluster says it; some leave out what their version lacks
     */
    private static boolean says(Map<?, ?> extra, String name, @Nullable String expected, boolean always) {
        Object said = extra.get(EXTRA + name);
        return said == null ? expected == null || !always : expected != null && said.equals(List.of(expected));
    }

    private static String named(@Nullable Object json) {
        String name = texted(json);
        NotProven.unless(NAME.matcher(name).matches() && !name.contains(".."), Check.REVIEW, unbound());
        return name;
    }

    private static String texted(@Nullable Object json) {
        if (json instanceof String text && !text.isEmpty()) {
            return text;
        }
        throw new NotProven(Check.REVIEW, unbound());
    }

    private static String unbound() {
        return "the token is not a bound service-account token";
    }
}
