package dev.sallyport.store;

import dev.sallyport.core.log.Appended;
import dev.sallyport.core.log.IssuanceLog;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Many who append at once. */
final class Callers {

    private Callers() {}

    /** Each caller appends its entries one after the other; returns all answers. */
    static List<Appended> append(List<IssuanceLog> logs, int callersEach, int entriesEach, long epoch) {
        List<Future<List<Appended>>> running = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (IssuanceLog log : logs) {
                for (int caller = 0; caller < callersEach; caller++) {
                    running.add(threads.submit(() -> appendAll(log, entriesEach, epoch)));
                }
            }
        }
        return running.stream().flatMap(each -> result(each).stream()).toList();
    }

    private static List<Appended> appendAll(IssuanceLog log, int entries, long epoch) {
        List<Appended> answers = new ArrayList<>();
        for (int i = 0; i < entries; i++) {
            answers.add(log.append(TestLog.entry(i), epoch));
        }
        return answers;
    }

    static <T> T result(Future<T> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
