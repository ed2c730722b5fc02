package dev.sallyport.store;

import java.time.Duration;

/**
 * How far the projection is behind the log, as this replica knows.
 *
 * @param entries how many are not projected yet, at the last look
 * @param age everything older than this is projected; it grows while nobody can look
 */
public record ProjectionLag(long entries, Duration age) {}
