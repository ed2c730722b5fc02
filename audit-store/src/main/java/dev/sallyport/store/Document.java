package dev.sallyport.store;

/**
 * One configured thing, such as a policy or an agent, as it is stored.
 *
 * @param kind what it is, such as {@code policy}
 * @param name unique within its kind
 * @param json a JSON object; kept byte for byte, since the log holds its hash
 */
public record Document(String kind, String name, String json) {}
