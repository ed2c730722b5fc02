package dev.sallyport.api.ctl;

import java.util.List;
import java.util.Locale;

/** Where this may run, in the order in which it is found out. */
enum Platform {
    GITHUB("ACTIONS_ID_TOKEN_REQUEST_URL"),
    AZURE_DEVOPS("SYSTEM_OIDCREQUESTURI"),
    CIRCLECI("CIRCLECI"),
    BUILDKITE("BUILDKITE"),
    BITBUCKET("BITBUCKET_STEP_OIDC_TOKEN"),
    SEMAPHORE("SEMAPHORE_OIDC_TOKEN"),
    TERRAFORM("TFC_WORKLOAD_IDENTITY_TOKEN"),
    /** A pod, by a token that the kubelet keeps fresh. */
    KUBERNETES,
    /** A workload with its SVID in a file. */
    SPIFFE,
    AZURE("IDENTITY_ENDPOINT"),
    GCP("GCE_METADATA_HOST", "K_SERVICE", "CLOUD_RUN_JOB"),
    /** A broker on this machine that was started with {@code --dev} in this directory. */
    DEV;

    static final String PROJECTED = "/var/run/secrets/sallyport/token";

    @SuppressWarnings("ImmutableEnumChecker") // It is a List.of().
    private final List<String> hints;

    Platform(String... hints) {
        this.hints = List.of(hints);
    }

    /** Variables of which any one says that this is the platform. */
    List<String> hints() {
        return hints;
    }

    /** As the option has it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
