package dev.sallyport.api.bench;

/**
 * What was measured of one program in one phase; NaN where the system does not tell.
 *
 * @param tokensPerSecond how many tokens it issued a second
 * @param p50 the median of the answers' times, in milliseconds
 * @param p99 the time that 99 of 100 answers did not exceed, in milliseconds
 * @param cpu its own CPU seconds for 1,000 tokens
 * @param postgresCpu those of its PostgreSQL
 * @param tokens how many it issued
 * @param errors how many requests were answered otherwise
 * @param firstError the first of those answers, or empty
 */
record Figures(
        int connections,
        double tokensPerSecond,
        double p50,
        double p99,
        double cpu,
        double postgresCpu,
        int tokens,
        int errors,
        String firstError) {

    /** The same, but for one token that turned out not to verify. */
    Figures unverified() {
        String error = firstError.isEmpty() ? "no token, or one that does not verify" : firstError;
        return new Figures(connections, tokensPerSecond, p50, p99, cpu, postgresCpu, tokens, errors + 1, error);
    }

    /** One line for whoever waits. */
    String summary() {
        return "%,d tokens, %,.0f a second%s"
                .formatted(tokens, tokensPerSecond, errors == 0 ? "" : ", " + errors + " ERRORS: " + firstError);
    }
}
