package dev.sallyport.api.outbound;

import dev.sallyport.attestation.ClusterApi;
import dev.sallyport.core.Invalid;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The Kubernetes clusters of the start-up configuration. */
public final class OutboundClusters implements AutoCloseable {

    private final Map<String, OutboundCluster> clusters = new TreeMap<>();

    /** Reads {@code NAME=KUBECONFIG} or {@code NAME=in-cluster} of each; throws {@link Invalid}. */
    public OutboundClusters(List<String> settings) {
        ClusterAccess.read(settings).forEach((name, access) -> clusters.put(name, new OutboundCluster(access)));
    }

    /** By name. */
    public Map<String, ClusterApi> byName() {
        return Map.copyOf(clusters);
    }

    @Override
    public void close() throws IOException {
        for (OutboundCluster each : clusters.values()) {
            each.close();
        }
    }
}
