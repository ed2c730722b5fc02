package dev.sallyport.api.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.util.JSONObjectUtils;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.text.ParseException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** A small run of the whole; what it measures is not looked at, only that it is there. */
class TokenBenchTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void both_programs_issue_tokens_that_verify_and_every_figure_is_there() throws ParseException {
        int code = run("--agents=20", "--policies=10", "--seconds=1", "-o=json");

        // A token of each phase is verified with the program's published keys; one that does not verify is an error.
        assertThat(code).as(err.toString()).isZero();
        Map<String, Object> report = JSONObjectUtils.parse(out.toString());
        assertThat(report)
                .containsEntry("agents", 20L)
                .containsEntry("policies", 10L)
                .containsKey("ratios");
        for (String program : List.of("broker", "bare")) {
            assertThat(report.get(program))
                    .asInstanceOf(InstanceOfAssertFactories.MAP)
                    .containsKey("resident_mib");
            assertThat(phases(report, program)).hasSize(2).allSatisfy(TokenBenchTest::complete);
        }
    }

    @Test
    void sizes_that_can_not_be_are_refused_by_name() {
        assertThat(run("--agents=0")).isEqualTo(2);
        assertThat(err.toString()).contains("--agents");
        assertThat(run("--seconds=many")).isEqualTo(2);
    }

    private int run(String... options) {
        return new CommandLine(new TokenCommand())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(options);
    }

    private static List<Map<String, Object>> phases(Map<String, Object> report, String program) throws ParseException {
        return List.of(JSONObjectUtils.getJSONObjectArray(JSONObjectUtils.getJSONObject(report, program), "phases"));
    }

    private static void complete(Map<String, Object> phase) {
        assertThat(phase.keySet())
                .containsAll(Set.of("cpu_seconds_per_1000", "postgres_cpu_seconds_per_1000", "first_error"));
        assertThat(phase).containsEntry("errors", 0L);
        for (String figure : List.of("connections", "tokens_per_second", "p50_ms", "p99_ms", "tokens")) {
            assertThat(phase.get(figure))
                    .as(figure)
                    .isInstanceOfSatisfying(
                            Number.class,
                            number -> assertThat(number.doubleValue()).isPositive());
        }
    }
}
