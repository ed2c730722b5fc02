package dev.sallyport.core.policy;

import dev.sallyport.core.Names;

/** How a token is bound to a key of the caller, so that a thief can't use it. */
public enum Proof {
    /** Not at all: a bearer token. */
    NONE,
    /** By DPoP (RFC 9449). */
    DPOP,
    /** By the client certificate (RFC 8705). */
    MTLS;

    @Override
    public String toString() {
        return Names.label(this);
    }
}
