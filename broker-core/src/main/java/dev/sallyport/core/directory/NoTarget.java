package dev.sallyport.core.directory;

/**
 * The request does not name exactly one registered target.
 *
 * @param detail why, in words fit for the caller
 */
public record NoTarget(String detail) implements Lookup {}
