package dev.sallyport.core;

/** A document: each has a name, {@code [a-z0-9][a-z0-9-]{0,62}}, that is unique within its kind. */
public interface Named {

    String name();
}
