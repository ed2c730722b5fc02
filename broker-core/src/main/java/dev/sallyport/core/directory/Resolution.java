package dev.sallyport.core.directory;

/** Who an attestation is: one agent, active or suspended, or why not. */
public sealed interface Resolution permits Agent, SuspendedAgent, NoAgent {}
