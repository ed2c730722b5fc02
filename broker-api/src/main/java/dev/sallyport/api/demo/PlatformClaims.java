package dev.sallyport.api.demo;

import java.util.Map;
import java.util.TreeMap;

/** What the two platforms of the demo say of a workload; the changes replace some of it. */
final class PlatformClaims {

    private PlatformClaims() {}

    /** The claims of a CI job's token, as GitHub Actions writes them. */
    static Map<String, Object> ofJob(Map<String, String> changes) {
        Map<String, Object> claims = new TreeMap<>();
        claims.put("repository", "acme/invoice-bot");
        claims.put("repository_id", "1001");
        claims.put("repository_owner", "acme");
        claims.put("repository_owner_id", "4242");
        claims.put("repository_visibility", "private");
        claims.put("ref", "refs/heads/main");
        claims.put("ref_type", "branch");
        claims.put("ref_protected", "true");
        claims.put("sha", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b");
        claims.put("workflow", "pay-invoices");
        claims.put("workflow_ref", "acme/invoice-bot/.github/workflows/pay.yml@refs/heads/main");
        claims.put("job_workflow_ref", "acme/invoice-bot/.github/workflows/pay.yml@refs/heads/main");
        claims.put("event_name", "schedule");
        claims.put("actor", "octo-dev");
        claims.put("actor_id", "77");
        claims.put("run_id", "16000000001");
        claims.put("run_number", "12");
        claims.put("run_attempt", "1");
        claims.put("runner_environment", "github-hosted");
        claims.putAll(changes);
        claims.put("sub", "repo:" + claims.get("repository") + ":ref:" + claims.get("ref"));
        return claims;
    }

    /** The claims of a projected service-account token, as a Kubernetes API server writes them. */
    static Map<String, Object> ofPod(Map<String, String> changes) {
        String namespace = changes.getOrDefault("namespace", "billing");
        String account = changes.getOrDefault("service_account", "report-writer");
        return new TreeMap<>(Map.of(
                "sub",
                "system:serviceaccount:" + namespace + ":" + account,
                "kubernetes.io",
                Map.of(
                        "namespace",
                        namespace,
                        "serviceaccount",
                        named(account, "5b1f6c0e-2f7a-4c55-9d35-0a6f3f6b7c11"),
                        "pod",
                        named(account + "-7d9c5", "0e8a2a9c-71d4-4b0b-8f0e-5a5b1f2c3d4e"),
                        "node",
                        named("node-1", "c2b7a6d0-9f3e-4f0a-b1c2-7e6d5c4b3a29"))));
    }

    private static Map<String, String> named(String name, String uid) {
        return Map.of("name", name, "uid", uid);
    }
}
