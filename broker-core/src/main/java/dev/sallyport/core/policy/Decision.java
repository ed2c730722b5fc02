package dev.sallyport.core.policy;

/** The answer of the {@link PolicyEngine}. */
public sealed interface Decision permits Permit, Deny {}
