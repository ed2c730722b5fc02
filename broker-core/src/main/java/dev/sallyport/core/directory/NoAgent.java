package dev.sallyport.core.directory;

/**
 * The attestation is not exactly one agent.
 *
 * @param detail why, in words fit for the caller: no other agent's name
 */
public record NoAgent(String detail) implements Resolution {}
