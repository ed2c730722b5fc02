package dev.sallyport.core.directory;

/** What a resource is: one target, active or suspended, or why not. */
public sealed interface Lookup permits Target, SuspendedTarget, NoTarget {}
