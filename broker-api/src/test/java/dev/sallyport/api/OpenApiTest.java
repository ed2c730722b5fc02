package dev.sallyport.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.ApiDescription.Operation;
import dev.sallyport.api.RunningBroker.Answer;
import dev.sallyport.api.web.OpenApiEndpoint;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRegistration;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.web.servlet.function.RouterFunction;
import tools.jackson.databind.json.JsonMapper;

/** The description and the server name the same operations, and the server shows the description. */
class OpenApiTest {

    @TempDir
    static Path directory;

    static TestPlatform platform;
    static RunningBroker broker;

    @BeforeAll
    static void start() {
        platform = TestPlatform.start();
        broker = RunningBroker.start(directory, platform, "agents: []");
    }

    @AfterAll
    static void stop() {
        broker.close();
        platform.close();
    }

    @Test
    void whatever_is_served_is_described() {
        Set<String> served = served();
        served.removeAll(described());
        assertThat(served).as("served, but not in docs/openapi.yaml").isEmpty();
    }

    @Test
    void whatever_is_described_is_served() {
        Set<String> missing = described();
        missing.removeAll(served());
        assertThat(missing).as("described in docs/openapi.yaml, but not served").isEmpty();
    }

    @Test
    void the_description_is_json_unless_yaml_is_preferred() {
        Answer json = broker.send(broker.request(OpenApiEndpoint.PATH));
        assertThat(JsonMapper.shared().readTree(json.http().body())).isEqualTo(ApiDescription.PACKED.root());

        Answer any = broker.send(broker.request(OpenApiEndpoint.PATH).header("Accept", "application/yaml;q=0.5, */*"));
        assertThat(any.http().body()).isEqualTo(json.http().body());

        Answer yaml = broker.send(broker.request(OpenApiEndpoint.PATH).header("Accept", "application/yaml"));
        assertThat(yaml.http().headers().firstValue("Content-Type")).contains("application/yaml");
        assertThat(yaml.http().body()).isEqualTo(ApiDescription.PACKED.text());
    }

    private static Set<String> described() {
        return ApiDescription.PACKED.operations().stream()
                .map(Operation::toString)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The routes, and the described methods of the paths that have a servlet of their own. */
    private static Set<String> served() {
        Set<String> served = new TreeSet<>();
        broker.context()
                .getBeansOfType(RouterFunction.class)
                .values()
                .forEach(function -> served.addAll(ServedRoutes.of(function)));
        servletPaths().forEach(path -> served.addAll(methodsOf(path)));
        return served;
    }

    private static Set<String> methodsOf(String servletPath) {
        Set<String> methods = described().stream()
                .filter(operation -> operation.endsWith(" " + servletPath))
                .collect(Collectors.toSet());
        return methods.isEmpty() ? Set.of("ANY " + servletPath) : methods;
    }

    /** But for the dispatcher, which is in front of the routes. */
    private static Set<String> servletPaths() {
        return broker.context().getBean(ServletContext.class).getServletRegistrations().values().stream()
                .map(ServletRegistration::getMappings)
                .flatMap(Collection::stream)
                .filter(path -> !path.equals("/"))
                .collect(Collectors.toSet());
    }
}
