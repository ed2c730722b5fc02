package dev.sallyport.core.directory;

/** The attestation is exactly one agent, which is suspended. */
public record SuspendedAgent(Agent agent) implements Resolution {}
