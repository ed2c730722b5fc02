package dev.sallyport.api.bench;

import dev.sallyport.api.history.ExportedLog;
import dev.sallyport.core.log.Notes;
import dev.sallyport.store.Checkpoint;
import dev.sallyport.store.PostgresStore;
import dev.sallyport.store.PublicLog;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Makes the log as long as is asked for, and then measures what reads it: projector, checkpoints, auditors, verifiers. */
final class LogInUse {

    private static final int LOAD_CALLERS = 512;
    private static final long LOAD_STEP = 100_000;
    private static final int PACED_CALLERS = 64;
    private static final int PACE = 5_000;
    private static final int WARM_UP_QUESTIONS = 50;
    private static final int MOST_SECONDS_ASKED = 2;
    private static final double MIB = 1 << 20;

    private final LogDatabase database;
    private final PostgresStore store;
    private final LoggedAttempts attempts;
    private final Proc proc;
    private final Path directory;
    private final PrintWriter progress;
    private final long epoch;
    private final List<Figure> figures = new ArrayList<>();

    /** One figure, as the table and as the JSON name it. */
    record Figure(String label, String member, double value) {}

    /**
     * All of it.
     *
     * @param verified whether the verifier found the export in order
     * @param errors calls and questions that failed
     */
    record Measured(List<Figure> figures, List<Question.Answered> questions, boolean verified, int errors) {

        Measured {
            figures = List.copyOf(figures);
            questions = List.copyOf(questions);
        }
    }

    LogInUse(LogDatabase database, LoggedAttempts attempts, Proc proc, Path directory, PrintWriter progress) {
        this.database = database;
        this.store = database.store();
        this.attempts = attempts;
        this.proc = proc;
        this.directory = directory;
        this.progress = progress;
        this.epoch = store.epoch();
    }

    Measured run(LogBench.Settings settings) throws IOException, SQLException, InterruptedException {
        int errors = load(settings);
        project();
        try (PublicLog published = store.publish(new Notes("bench.example/log", database.logKey()))) {
            awaitCheckpoint(published, store.events().size());
            errors += pace(settings.seconds());
            awaitProjection();
            awaitCheckpoint(published, store.events().size());
            add("entries in the log", "size", (double) store.events().size());
            List<Question.Answered> answers = new ArrayList<>();
            for (Question question : Question.all(store, published, KnownToken.some(store.events()))) {
                answers.add(question.asked(WARM_UP_QUESTIONS, Math.min(settings.seconds(), MOST_SECONDS_ASKED)));
            }
            boolean verified = export(published.verifierKeys().getFirst());
            return new Measured(
                    figures,
                    answers,
                    verified,
                    errors
                            + answers.stream()
                                    .mapToInt(Question.Answered::errors)
                                    .sum());
        }
    }

    private int load(LogBench.Settings settings) throws InterruptedException {
        long started = System.nanoTime();
        long present = store.events().size();
        long entries = settings.data() == null ? present + settings.entries() : settings.entries();
        int errors = 0;
        for (long size = present; size < entries; size += LOAD_STEP) {
            long step = Math.min(LOAD_STEP, entries - size);
            Callers.Outcome outcome =
                    Callers.times(LOAD_CALLERS, step, () -> LogBench.append(store.log(), attempts.next(), epoch));
            errors += outcome.errors();
            progress.println("loaded %,d of %,d entries%s".formatted(size + step, entries, outcome.firstError()));
        }
        if (present < entries) {
            double perSecond = (entries - present) / since(started);
            add("loaded by " + LOAD_CALLERS + " callers, entries/s", "load_per_second", perSecond);
        }
        return errors;
    }

    /** All that has been appended until now, with nothing else going on. */
    private void project() throws SQLException, InterruptedException {
        long first = store.projectedTo();
        database.project();
        while (store.projectedTo() == first) {
            pause();
        }
        long begun = store.projectedTo();
        long started = System.nanoTime();
        awaitProjection();
        add("projector, entries/s", "projected_per_second", (store.projectedTo() - begun) / since(started));
    }

    private void awaitProjection() throws InterruptedException {
        long size = store.events().size();
        long told = System.nanoTime();
        while (store.projectedTo() < size) {
            pause();
            if (since(told) > 5) {
                told = System.nanoTime();
                progress.println("projected %,d of %,d entries".formatted(store.projectedTo(), size));
            }
        }
    }

    private void awaitCheckpoint(PublicLog published, long size) throws IOException, InterruptedException {
        long started = System.nanoTime();
        boolean first = published.checkpoint().isEmpty();
        while (published.checkpoint().map(Checkpoint::size).orElse(0L) < size) {
            if (published.problem().isPresent()) {
                throw new IOException(published.problem().get());
            }
            pause();
        }
        if (first) {
            add("first checkpoint, s", "first_checkpoint_seconds", since(started));
        }
    }

    /** The broker's whole work on the log: appending, projecting, signing checkpoints. */
    private int pace(int seconds) throws InterruptedException {
        Lag lag = new Lag(store);
        Thread watch = Thread.ofVirtual().start(lag);
        Callers.Outcome outcome = Callers.paced(
                PACED_CALLERS,
                PACE,
                Duration.ofSeconds(seconds),
                () -> LogBench.append(store.log(), attempts.next(), epoch));
        watch.interrupt();
        watch.join();
        progress.println("at a pace of %,d appends a second: %,.0f a second".formatted(PACE, outcome.perSecond()));
        add("at a pace of 5,000 appends/s: appends/s", "paced_per_second", outcome.perSecond());
        add("  append p50, ms", "paced_p50_ms", outcome.latencies().millis(50));
        add("  append p99, ms", "paced_p99_ms", outcome.latencies().millis(99));
        add("  projector behind at most, entries", "paced_lag_entries", (double) lag.entries());
        add("  projector behind at most, s", "paced_lag_seconds", lag.seconds());
        return outcome.errors();
    }

    private boolean export(String key) throws IOException, InterruptedException {
        Path file = directory.resolve("export.ndjson");
        progress.println("exporting");
        ExportedLog log = ExportedLog.whole(store.events());
        long started = System.nanoTime();
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            log.write(out);
        }
        double seconds = since(started);
        add("export, entries/s", "export_per_second", log.size() / seconds);
        add("export, MiB/s", "export_mib_per_second", Files.size(file) / MIB / seconds);
        progress.println("verifying");
        Verification verification = Verification.of(file, key, directory.resolve("verify.log"), proc);
        add("verify, entries/s", "verify_per_second", log.size() / verification.seconds());
        add("verify, MiB/s", "verify_mib_per_second", Files.size(file) / MIB / verification.seconds());
        add("verify, CPU s per 1,000,000", "verify_cpu_seconds_per_million", verification.cpu() * 1e6 / log.size());
        add("verify, resident at most, MiB", "verify_peak_mib", verification.peakMib());
        progress.println(verification.said());
        return verification.held();
    }

    private void add(String label, String member, double value) {
        figures.add(new Figure(label, member, value));
    }

    private static double since(long nanoTime) {
        return (System.nanoTime() - nanoTime) / 1e9;
    }

    private static void pause() throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(20);
    }
}
