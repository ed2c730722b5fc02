package dev.sallyport.api.bench;

import dev.sallyport.store.IssuanceQuery;
import dev.sallyport.store.Issuances;
import dev.sallyport.store.PostgresStore;
import dev.sallyport.store.PublicLog;
import dev.sallyport.store.ReceiptAnswer;
import dev.sallyport.store.ReceiptAnswer.Receipt;
import dev.sallyport.store.Term;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Something that is asked of a log, with other values each time, by one caller.
 *
 * @param label as the table names it
 * @param member as the JSON names it
 */
record Question(String label, String member, Callers.Call ask) {

    private static final int PAGE = 50;
    private static final int TILE = 256;

    /**
     * How long the answers took.
     *
     * @param errors how many questions had no answer, or another than they must have
     * @param firstError the first of those, or empty
     */
    record Answered(Question question, Latencies latencies, int errors, String firstError) {}

    Answered asked(int warmUp, int seconds) throws InterruptedException {
        Callers.Outcome _ = Callers.times(1, warmUp, ask);
        Callers.Outcome outcome = Callers.run(1, Duration.ofSeconds(seconds), ask);
        return new Answered(this, outcome.latencies(), outcome.errors(), outcome.firstError());
    }

    /**
     * What is asked.
     *
     * @param known tokens that are somewhere in the log
     */
    static List<Question> all(PostgresStore store, PublicLog published, List<KnownToken> known) {
        Issuances history = store.issuances();
        long tiles = store.events().size() / TILE;
        return List.of(
                new Question(
                        "receipt by jti",
                        "receipt_by_jti",
                        () -> receipt(published.receipt(oneOf(known).jti()))),
                new Question(
                        "receipt by token hash",
                        "receipt_by_hash",
                        () -> receipt(published.receipt(oneOf(known).sha256()))),
                page(
                        "50 of an agent",
                        "page_by_agent",
                        history,
                        () -> IssuanceQuery.of(
                                new Term(Term.Kind.AGENT, LoggedAttempts.agent(random(LoggedAttempts.AGENTS))))),
                page(
                        "50 of a target",
                        "page_by_target",
                        history,
                        () -> IssuanceQuery.of(
                                new Term(Term.Kind.TARGET, LoggedAttempts.target(random(LoggedAttempts.TARGETS))))),
                page(
                        "50 refusals",
                        "page_by_outcome",
                        history,
                        () -> IssuanceQuery.of(new Term(Term.Kind.OUTCOME, "refused"))),
                page(
                        "50 of an action",
                        "page_by_action",
                        history,
                        () -> IssuanceQuery.of(new Term(Term.Kind.ACTION, LoggedAttempts.ACTION))),
                page(
                        "50 of a claim",
                        "page_by_claim",
                        history,
                        () -> IssuanceQuery.of(Term.claim(
                                "repository_id", LoggedAttempts.repositoryId(random(LoggedAttempts.AGENTS))))),
                page(
                        "50 from a time on",
                        "page_by_time",
                        history,
                        () -> new IssuanceQuery(
                                List.of(), null, oneOf(known).time().plusMillis(1))),
                new Question(
                        "tile of hashes",
                        "tile",
                        () -> present(
                                published.hashes(0, random((int) tiles), TILE).isPresent())),
                new Question(
                        "tile of leaves",
                        "entry_tile",
                        () -> present(
                                published.leaves(random((int) tiles), TILE).isPresent())),
                new Question(
                        "checkpoint",
                        "checkpoint",
                        () -> present(published.checkpoint().isPresent())));
    }

    /** What to look for, this time. */
    @FunctionalInterface
    private interface Filter {
        IssuanceQuery next();
    }

    private static Question page(String label, String member, Issuances history, Filter filter) {
        return new Question(
                label,
                member,
                () -> present(!history.list(filter.next(), Long.MAX_VALUE, PAGE)
                        .items()
                        .isEmpty()));
    }

    private static KnownToken oneOf(List<KnownToken> known) {
        return known.get(random(known.size()));
    }

    private static int random(int bound) {
        return ThreadLocalRandom.current().nextInt(Math.max(1, bound));
    }

    private static void receipt(ReceiptAnswer answer) throws IOException {
        present(answer instanceof Receipt);
    }

    private static void present(boolean there) throws IOException {
        if (!there) {
            throw new IOException("no answer to a question that has one");
        }
    }
}
