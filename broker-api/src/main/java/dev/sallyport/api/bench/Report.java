package dev.sallyport.api.bench;

import dev.sallyport.core.CanonicalJson;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All figures of a run.
 *
 * @param loadAverage of the machine before it began, over a minute; negative or NaN where the system does not tell
 */
record Report(TokenBench.Settings settings, double loadAverage, Measured broker, Measured bare) {

    private static final List<Compared> COMPARED = List.of(
            new Compared("tokens/s", "tokens_per_second", Figures::tokensPerSecond),
            new Compared("p50, ms", "p50_ms", Figures::p50),
            new Compared("p99, ms", "p99_ms", Figures::p99),
            new Compared("CPU s per 1,000 tokens", "cpu_seconds_per_1000", Figures::cpu),
            new Compared("PostgreSQL CPU s per 1,000", "postgres_cpu_seconds_per_1000", Figures::postgresCpu));

    /** A figure that the programs are compared by, as the table and as the JSON name it. */
    private record Compared(String label, String member, ToDoubleFunction<Figures> figure) {}

    /**
     * The figures of one program.
     *
     * @param residentMib its memory in RAM at the end, in MiB
     */
    record Measured(List<Figures> phases, double residentMib) {}

    /** Whether a request was answered with anything but a token. */
    boolean failed() {
        return Stream.of(broker, bare)
                .flatMap(program -> program.phases().stream())
                .anyMatch(phase -> phase.errors() > 0);
    }

    /** For people. */
    String table() {
        StringJoiner lines = new StringJoiner("\n");
        lines.add("%,d agents, %,d policies, evidence %s, %d s a phase; %d cores, load average before %s"
                .formatted(
                        settings.agents(),
                        settings.policies(),
                        settings.evidence(),
                        settings.seconds(),
                        Runtime.getRuntime().availableProcessors(),
                        Digits.shown(loadAverage)));
        lines.add(line("", "broker", "bare program", "broker/bare"));
        for (int i = 0; i < broker.phases().size(); i++) {
            add(lines, broker.phases().get(i), bare.phases().get(i));
        }
        lines.add(compared("resident at the end, MiB", broker.residentMib(), bare.residentMib()));
        return lines.toString();
    }

    /** For programs. */
    String json() {
        Map<String, @Nullable Object> json = new TreeMap<>();
        json.put("agents", settings.agents());
        json.put("policies", settings.policies());
        json.put("evidence", settings.evidence().name());
        json.put("seconds", settings.seconds());
        json.put("cores", Runtime.getRuntime().availableProcessors());
        json.put("load_average_before", Digits.number(loadAverage));
        json.put("broker", json(broker));
        json.put("bare", json(bare));
        json.put("ratios", ratios());
        return CanonicalJson.text(json);
    }

    private static void add(StringJoiner lines, Figures broker, Figures bare) {
        lines.add(broker.connections() + " connections");
        for (Compared row : COMPARED) {
            lines.add(compared(
                    "  " + row.label(),
                    row.figure().applyAsDouble(broker),
                    row.figure().applyAsDouble(bare)));
        }
        lines.add(line("  tokens", Digits.whole(broker.tokens()), Digits.whole(bare.tokens()), ""));
        lines.add(line("  errors", Digits.whole(broker.errors()), Digits.whole(bare.errors()), ""));
        Stream.of(broker, bare)
                .map(Figures::firstError)
                .filter(error -> !error.isEmpty())
                .forEach(error -> lines.add("    " + error));
    }

    private List<Object> ratios() {
        return IntStream.range(0, broker.phases().size())
                .<Object>mapToObj(
                        i -> ratios(broker.phases().get(i), bare.phases().get(i)))
                .toList();
    }

    private static Map<String, @Nullable Object> ratios(Figures broker, Figures bare) {
        Map<String, @Nullable Object> json = new TreeMap<>();
        json.put("connections", broker.connections());
        for (Compared row : COMPARED) {
            double ratio = row.figure().applyAsDouble(broker) / row.figure().applyAsDouble(bare);
            json.put(row.member(), Digits.number(ratio));
        }
        return json;
    }

    private static Map<String, @Nullable Object> json(Measured program) {
        Map<String, @Nullable Object> json = new TreeMap<>();
        json.put("phases", program.phases().stream().map(Report::json).toList());
        json.put("resident_mib", Digits.number(program.residentMib()));
        return json;
    }

    private static Map<String, @Nullable Object> json(Figures phase) {
        Map<String, @Nullable Object> json = new TreeMap<>();
        json.put("connections", phase.connections());
        COMPARED.forEach(
                row -> json.put(row.member(), Digits.number(row.figure().applyAsDouble(phase))));
        json.put("tokens", phase.tokens());
        json.put("errors", phase.errors());
        json.put("first_error", phase.firstError().isEmpty() ? null : phase.firstError());
        return json;
    }

    private static String compared(String name, double broker, double bare) {
        return line(name, Digits.shown(broker), Digits.shown(bare), Digits.shown(broker / bare));
    }

    private static String line(String name, String broker, String bare, String ratio) {
        return "%-28s %12s %13s %12s".formatted(name, broker, bare, ratio).stripTrailing();
    }
}
