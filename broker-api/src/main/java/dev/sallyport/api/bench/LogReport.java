package dev.sallyport.api.bench;

import dev.sallyport.core.CanonicalJson;
import dev.sallyport.core.log.SealedEntry;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All figures of a run.
 *
 * @param loadAverage of the machine before it began, over a minute; negative or NaN where the system does not tell
 * @param log the phases of the log, and those of the bare program with as many callers
 */
record LogReport(
        LogBench.Settings settings,
        double loadAverage,
        Weight weight,
        List<LogFigures> log,
        List<LogFigures> bare,
        LogInUse.Measured inUse) {

    private static final List<Compared> COMPARED = List.of(
            new Compared("entries/s", "entries_per_second", LogFigures::perSecond),
            new Compared("p50, ms", "p50_ms", LogFigures::p50),
            new Compared("p99, ms", "p99_ms", LogFigures::p99),
            new Compared("entries in a batch, mean", "batch_mean", LogFigures::meanBatch),
            new Compared("entries in a batch, most", "batch_most", LogFigures::mostBatch),
            new Compared("commit p50, ms", "commit_p50_ms", LogFigures::commitP50),
            new Compared("commit p99, ms", "commit_p99_ms", LogFigures::commitP99),
            new Compared("CPU s per 1,000, process", "cpu_seconds_per_1000", LogFigures::cpu),
            new Compared("CPU s per 1,000, PostgreSQL", "postgres_cpu_seconds_per_1000", LogFigures::postgresCpu));

    LogReport {
        log = List.copyOf(log);
        bare = List.copyOf(bare);
    }

    /** A figure that the programs are compared by, as the table and as the JSON name it. */
    private record Compared(String label, String member, ToDoubleFunction<LogFigures> figure) {}

    /** What an entry weighs on the average, in bytes. */
    record Weight(double leaf, double detail) {

        static Weight of(List<SealedEntry> sealed) {
            return new Weight(mean(sealed, entry -> entry.leaf().length), mean(sealed, entry -> entry.detail().length));
        }

        private static double mean(List<SealedEntry> sealed, ToIntFunction<SealedEntry> length) {
            return sealed.stream().mapToInt(length).average().orElse(Double.NaN);
        }
    }

    /** Whether a call or a question failed, or the export was found not to be in order. */
    boolean failed() {
        return !inUse.verified()
                || inUse.errors() > 0
                || Stream.of(log, bare).flatMap(List::stream).anyMatch(phase -> phase.errors() > 0);
    }

    /** For people. */
    String table() {
        StringJoiner lines = new StringJoiner("\n");
        lines.add("entries of %.0f + %.0f bytes (leaf, detail), %d s a phase; %d cores, load average before %s"
                .formatted(
                        weight.leaf(),
                        weight.detail(),
                        settings.seconds(),
                        Runtime.getRuntime().availableProcessors(),
                        Digits.shown(loadAverage)));
        lines.add(line("", "log", "bare program", "log/bare"));
        for (int i = 0; i < log.size(); i++) {
            addPhase(lines, log.get(i), bare.get(i));
        }
        lines.add("");
        inUse.figures().forEach(figure -> lines.add(line(figure.label(), Digits.shown(figure.value()), "", "")));
        lines.add(line("the export, verified", inUse.verified() ? "holds" : "DOES NOT HOLD", "", ""));
        lines.add("");
        lines.add(line("one caller asks", "p50, ms", "p99, ms", ""));
        inUse.questions().forEach(answered -> addAnswered(lines, answered));
        return lines.toString();
    }

    private static void addPhase(StringJoiner lines, LogFigures log, LogFigures bare) {
        lines.add(log.callers() + " callers");
        for (Compared row : COMPARED) {
            double ours = row.figure().applyAsDouble(log);
            double theirs = row.figure().applyAsDouble(bare);
            lines.add(line("  " + row.label(), Digits.shown(ours), Digits.shown(theirs), Digits.shown(ours / theirs)));
        }
        lines.add(line("  errors", Digits.whole(log.errors()), Digits.whole(bare.errors()), ""));
        Stream.of(log, bare)
                .map(LogFigures::firstError)
                .filter(error -> !error.isEmpty())
                .forEach(error -> lines.add("    " + error));
    }

    private static void addAnswered(StringJoiner lines, Question.Answered answered) {
        lines.add(line(
                answered.question().label(),
                Digits.shown(answered.latencies().millis(50)),
                Digits.shown(answered.latencies().millis(99)),
                answered.errors() == 0 ? "" : answered.errors() + " ERRORS: " + answered.firstError()));
    }

    /** For programs. */
    String json() {
        Map<String, @Nullable Object> json = new TreeMap<>();
        json.put("seconds", settings.seconds());
        json.put("entries", settings.entries());
        json.put("cores", Runtime.getRuntime().availableProcessors());
        json.put("load_average_before", Digits.number(loadAverage));
        json.put("leaf_bytes", Digits.number(weight.leaf()));
        json.put("detail_bytes", Digits.number(weight.detail()));
        json.put("log", log.stream().map(LogReport::json).toList());
        json.put("bare", bare.stream().map(LogReport::json).toList());
        json.put("ratios", IntStream.range(0, log.size()).mapToObj(this::ratios).toList());
        inUse.figures().forEach(figure -> json.put(figure.member(), Digits.number(figure.value())));
        json.put("verified", inUse.verified());
        json.put("errors", inUse.errors());
        Map<String, Object> questions = new TreeMap<>();
        inUse.questions().forEach(answered -> questions.put(answered.question().member(), json(answered)));
        json.put("questions", questions);
        return CanonicalJson.text(json);
    }

    private Map<String, @Nullable Object> ratios(int phase) {
        Map<String, @Nullable Object> json = new TreeMap<>();
        json.put("callers", log.get(phase).callers());
        for (Compared row : COMPARED) {
            double ratio =
                    row.figure().applyAsDouble(log.get(phase)) / row.figure().applyAsDouble(bare.get(phase));
            json.put(row.member(), Digits.number(ratio));
        }
        return json;
    }

    private static Map<String, @Nullable Object> json(LogFigures phase) {
        Map<String, @Nullable Object> json = new TreeMap<>();
        json.put("callers", phase.callers());
        COMPARED.forEach(
                row -> json.put(row.member(), Digits.number(row.figure().applyAsDouble(phase))));
        json.put("errors", phase.errors());
        json.put("first_error", phase.firstError().isEmpty() ? null : phase.firstError());
        return json;
    }

    private static Map<String, @Nullable Object> json(Question.Answered answered) {
        Map<String, @Nullable Object> json = new TreeMap<>();
        json.put("p50_ms", Digits.number(answered.latencies().millis(50)));
        json.put("p99_ms", Digits.number(answered.latencies().millis(99)));
        json.put("asked", answered.latencies().count());
        json.put("errors", answered.errors());
        return json;
    }

    private static String line(String name, String first, String second, String third) {
        return "%-40s %12s %13s %12s".formatted(name, first, second, third).stripTrailing();
    }
}
