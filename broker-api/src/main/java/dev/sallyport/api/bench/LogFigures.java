package dev.sallyport.api.bench;

/**
 * What was measured of one log under one number of callers; NaN where the system does not tell.
 *
 * @param perSecond how many entries became durable a second
 * @param meanBatch entries in a batch, on the average
 * @param mostBatch entries in the largest batch
 * @param commitP50 the median of the times that the database took for a batch, in milliseconds
 * @param commitP99 the time that 99 of 100 batches did not exceed
 * @param p50 the median of the callers' waits, in milliseconds
 * @param p99 the wait that 99 of 100 calls did not exceed
 * @param cpu CPU seconds of this process for 1,000 entries
 * @param postgresCpu those of PostgreSQL
 * @param errors how many calls failed
 * @param firstError the first of those, or empty
 */
record LogFigures(
        int callers,
        double perSecond,
        double meanBatch,
        double mostBatch,
        double commitP50,
        double commitP99,
        double p50,
        double p99,
        double cpu,
        double postgresCpu,
        int errors,
        String firstError) {

    /** One line for whoever waits. */
    String summary() {
        return "%,.0f entries a second, %.2f ms%s"
                .formatted(perSecond, p50, errors == 0 ? "" : ", " + errors + " ERRORS: " + firstError);
    }
}
