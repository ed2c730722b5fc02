package dev.sallyport.store;

import java.time.Instant;

/**
 * Something that an admin has switched off.
 *
 * <p>It belongs to the name: it outlives the document, so that removing and writing it again does not switch it on.
 *
 * @param kind {@code trust-provider}, {@code agent} or {@code target}
 * @param name its name
 * @param since when it was switched off; kept to the microsecond
 * @param reason why, in the admin's words
 * @param author who did it
 */
public record Suspension(String kind, String name, Instant since, String reason, String author) {}
