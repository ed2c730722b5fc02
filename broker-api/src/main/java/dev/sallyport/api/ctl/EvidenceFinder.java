package dev.sallyport.api.ctl;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Finds the evidence of the platform that this runs on. Only a platform that gives a sign of itself is asked. */
final class EvidenceFinder {

    private static final Path DEVELOPMENT = Path.of("data", "dev-evidence");

    private final Surroundings surroundings;
    private final Broker broker;
    private final Path projected;
    private final @Nullable String azureResource;

    /**
     * Prepares to look.
     *
     * @param projected the file that a pod or a workload of SPIFFE has its token in; null for the usual one
     * @param azureResource the application that stands for the broker in Azure; null where it is not said
     */
    EvidenceFinder(Surroundings surroundings, Broker broker, @Nullable Path projected, @Nullable String azureResource) {
        this.surroundings = surroundings;
        this.broker = broker;
        this.projected = projected != null
                ? projected
                : Path.of(surroundings.variable("SALLYPORT_TOKEN_FILE").orElse(Platform.PROJECTED));
        this.azureResource = azureResource;
    }

    /** Evidence of that platform, or of the one that is found. */
    Evidence find(@Nullable Platform chosen) throws Failure {
        if (chosen != null) {
            return new Evidence(chosen.toString(), of(chosen));
        }
        Optional<String> set = surroundings.variable(EvidenceOptions.DEFAULT_VARIABLE);
        if (set.isPresent()) {
            return new Evidence(EvidenceOptions.DEFAULT_VARIABLE, set.get());
        }
        Platform found = found().orElseThrow(() -> Failure.notAuthorised(
                "there is no evidence here: no platform was found that vouches for this process; give --evidence"
                        + " FILE|-, --env NAME or --platform NAME"));
        return new Evidence(found.toString(), of(found));
    }

    /** The platform, without asking it for anything. */
    Optional<Platform> found() {
        return Arrays.stream(Platform.values()).filter(this::shows).findFirst();
    }

    private boolean shows(Platform platform) {
        return switch (platform) {
            case KUBERNETES -> Files.isReadable(projected);
            case SPIFFE -> false;
            case DEV -> broker.local() && Files.isReadable(development());
            default ->
                platform.hints().stream()
                        .anyMatch(hint -> surroundings.variable(hint).isPresent());
        };
    }

    private String of(Platform platform) throws Failure {
        PlatformCalls calls = new PlatformCalls(surroundings);
        return switch (platform) {
            case GITHUB -> calls.github(broker.issuer());
            case AZURE_DEVOPS -> calls.azureDevops();
            case CIRCLECI -> AgentProgram.token("circleci", "run", "oidc", "get", "--claims", claims());
            case BUILDKITE ->
                AgentProgram.token(
                        "buildkite-agent",
                        "oidc",
                        "request-token",
                        "--audience",
                        broker.issuer(),
                        "--claim",
                        "organization_id",
                        "--claim",
                        "pipeline_id");
            case BITBUCKET, SEMAPHORE, TERRAFORM ->
                calls.variable(platform.hints().getFirst());
            case KUBERNETES, SPIFFE -> EvidenceOptions.read(projected);
            case AZURE -> calls.azure(resource());
            case GCP -> calls.google(broker.issuer());
            case DEV -> EvidenceOptions.read(development());
        };
    }

    private String claims() throws Failure {
        return JsonMapper.shared().writeValueAsString(Map.of("aud", broker.issuer()));
    }

    private String resource() throws Failure {
        if (azureResource != null) {
            return azureResource;
        }
        return surroundings
                .variable("SALLYPORT_AZURE_RESOURCE")
                .orElseThrow(() -> Failure.badInput(
                        "--azure-resource: is missing: the application ID URI that stands for the broker in Azure"));
    }

    private Path development() {
        return surroundings.directory().resolve(DEVELOPMENT);
    }
}
