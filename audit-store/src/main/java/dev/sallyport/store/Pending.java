package dev.sallyport.store;

import dev.sallyport.core.Unavailable;
import dev.sallyport.core.log.Appended;
import dev.sallyport.core.log.SealedEntry;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** An entry on its way: its caller waits for the answer that the appender's thread gives. */
final class Pending {

    private final HashedEntry entry;
    private final long epoch;
    private final CompletableFuture<Appended> answer = new CompletableFuture<>();

    Pending(HashedEntry entry, long epoch) {
        this.entry = entry;
        this.epoch = epoch;
    }

    /** One that nobody waits for: it only wakes the appender. */
    static Pending nobody() {
        byte[] nothing = {};
        Pending nobody = new Pending(new HashedEntry(new SealedEntry(null, nothing, nothing, nothing), nothing), 0);
        nobody.answer.cancel(false);
        return nobody;
    }

    HashedEntry entry() {
        return entry;
    }

    long epoch() {
        return epoch;
    }

    /**
     * Waits for the answer.
     *
     * @throws Unavailable when there is none in time, or the outcome is not known
     */
    Appended await(Duration patience) {
        try {
            return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            answer.cancel(false);
            throw new Unavailable("the log did not answer in time", e);
        } catch (InterruptedException e) {
            answer.cancel(false);
            Thread.currentThread().interrupt();
            throw new Unavailable("the wait for the log was interrupted", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Unavailable known ? known : new Unavailable("the log", e);
        }
    }

    /** Whether nobody waits any more, so that it need not be written. */
    boolean isOver() {
        return answer.isDone();
    }

    void complete(Appended appended) {
        answer.complete(appended);
    }

    void fail(Unavailable why) {
        answer.completeExceptionally(why);
    }
}
