package dev.sallyport.core.directory;

/** The request names exactly one target, which is suspended. */
public record SuspendedTarget(Target target) implements Lookup {}
