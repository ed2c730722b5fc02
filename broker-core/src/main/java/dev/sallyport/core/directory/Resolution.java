package dev.sallyport.core.directory;

/** Who an attestation is: one agent, or why not. */
public sealed interface Resolution permits Agent, NoAgent {}
