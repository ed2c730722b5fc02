package dev.sallyport.core.directory;

/** What a resource is: one target, or why not. */
public sealed interface Lookup permits Target, NoTarget {}
