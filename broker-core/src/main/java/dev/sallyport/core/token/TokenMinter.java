package dev.sallyport.core.token;

import dev.sallyport.core.policy.Permit;

/** The fourth room: a permit goes in, a signed token comes out. */
@FunctionalInterface
public interface TokenMinter {

    MintedToken mint(Permit permit);
}
