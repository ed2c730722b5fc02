package dev.sallyport.api.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.util.JSONObjectUtils;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.text.ParseException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** A small run of the whole; what it measures is not looked at, only that it is there. */
class LogBenchTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void every_figure_is_there_and_the_log_verifies() throws ParseException {
        int code = run("--callers=1,4", "--seconds=1", "--entries=3000", "-o=json");

        assertThat(code).as(err + "\n" + out).isZero();
        Map<String, Object> report = JSONObjectUtils.parse(out.toString());
        assertThat(report).containsEntry("verified", true).containsEntry("errors", 0L);
        for (String program : List.of("log", "bare", "ratios")) {
            assertThat(JSONObjectUtils.getJSONObjectArray(report, program))
                    .hasSize(2)
                    .allSatisfy(phase -> positive(
                            phase, "callers", "entries_per_second", "p50_ms", "p99_ms", "batch_mean", "commit_p50_ms"));
        }
        positive(
                report,
                "leaf_bytes",
                "detail_bytes",
                "load_per_second",
                "projected_per_second",
                "paced_per_second",
                "export_per_second",
                "verify_per_second");
        assertThat(JSONObjectUtils.getJSONObject(report, "questions").values())
                .hasSizeGreaterThan(5)
                .allSatisfy(answered -> positive((Map<?, ?>) answered, "asked", "p50_ms", "p99_ms"));
    }

    @Test
    void sizes_that_can_not_be_are_refused_by_name() {
        assertThat(run("--callers=1,0")).isEqualTo(2);
        assertThat(err.toString()).contains("--callers");
        assertThat(run("--entries=0")).isEqualTo(2);
        assertThat(run("--seconds=many")).isEqualTo(2);
    }

    private int run(String... options) {
        return new CommandLine(new LogCommand())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(options);
    }

    private static void positive(Map<?, ?> figures, String... members) {
        for (String member : members) {
            assertThat(figures.get(member))
                    .as(member)
                    .isInstanceOfSatisfying(
                            Number.class,
                            number -> assertThat(number.doubleValue()).isPositive());
        }
    }
}
