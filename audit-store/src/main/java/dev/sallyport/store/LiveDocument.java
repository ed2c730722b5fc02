package dev.sallyport.store;

/**
 * A document that is in force.
 *
 * @param since the revision that brought it: names this version of it
 */
public record LiveDocument(Document document, long since) {}
