package dev.sallyport.core.attest;

import dev.sallyport.core.Names;

/** Whether evidence is bound to a key of its holder, so that nobody else can use a copy of it. */
public enum BindProof {
    /** It is not: platforms hand out the same token again, and containers that start anew make new keys. */
    OFF,
    /** By its first use, to the key that was shown then. */
    REQUIRED;

    @Override
    public String toString() {
        return Names.label(this);
    }
}
