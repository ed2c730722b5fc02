package dev.sallyport.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.RunningBroker.Answer;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A platform, and a broker that believes it, for all tests of a class; in the bundle {@code @platform@} stands for the platform's URL.
 *
 * <p>Evidence is made out to the broker. {@link #get(String)} and {@link #api(String)} are those of an admin.
 */
final class Served implements BeforeAllCallback, AfterAllCallback {

    private final String bundle;
    private final List<String> settings;
    private @Nullable Admin admin;
    private @Nullable Path directory;
    private @Nullable TestPlatform platform;
    private @Nullable RunningBroker broker;
    private @Nullable String token;

    private Served(String bundle, List<String> settings) {
        this.bundle = bundle;
        this.settings = settings;
    }

    private record Admin(String claim, String value, String scopes) {}

    static Served with(String bundle, String... settings) {
        return new Served(bundle, List.of(settings));
    }

    /** The workload with this claim is the admin, with these scopes. */
    Served admin(String claim, String value, String scopes) {
        admin = new Admin(claim, value, scopes);
        return this;
    }

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        directory = Files.createTempDirectory("served");
        platform = TestPlatform.start();
        broker = RunningBroker.start(directory, platform, bundle, settings);
        if (admin != null) {
            token = token(admin.claim, admin.value, admin.scopes);
        }
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        if (broker != null) {
            broker.close();
        }
        if (platform != null) {
            platform.close();
        }
        try (Stream<Path> files = Files.walk(Objects.requireNonNull(directory))) {
            for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        }
    }

    TestPlatform platform() {
        return Objects.requireNonNull(platform);
    }

    RunningBroker broker() {
        return Objects.requireNonNull(broker);
    }

    String issuer() {
        return broker().issuer();
    }

    String evidence(String claim, String value) {
        return evidence(claims -> claims.put(claim, value));
    }

    String evidence(Consumer<Map<String, Object>> change) {
        return platform().token(issuer(), change);
    }

    /** A token for the admin API, of the workload with this claim. */
    String token(String claim, String value, String scopes) {
        Answer answer = broker().exchange(evidence(claim, value), "resource", issuer() + "/v1", "scope", scopes);
        assertThat(answer.status()).as(answer.description()).isEqualTo(200);
        return String.valueOf(answer.body().get("access_token"));
    }

    /** The admin's token. */
    String token() {
        return Objects.requireNonNull(token);
    }

    HttpRequest.Builder api(String path) {
        return api(path, token());
    }

    HttpRequest.Builder api(String path, String bearer) {
        return broker().request(path).header("Authorization", "Bearer " + bearer);
    }

    Answer get(String path) {
        return broker().send(api(path));
    }

    Answer get(String path, String bearer) {
        return broker().send(api(path, bearer));
    }

    /** A list of objects in an answer. */
    @SuppressWarnings("unchecked")
    static List<Map<String, Object>> list(Answer answer, String member) {
        return (List<Map<String, Object>>) Objects.requireNonNull(
                answer.body().get(member), () -> answer.http().body());
    }
}
