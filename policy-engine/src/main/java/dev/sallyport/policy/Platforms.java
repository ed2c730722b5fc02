package dev.sallyport.policy;

import dev.sallyport.core.attest.TrustProvider;
import java.util.Optional;
import java.util.Set;

/** Knows what platforms say: the trust provider types, for the {@link Lint}. */
public interface Platforms {

    /** The types that there are. */
    Set<String> types();

    /** What the evidence of a type says; empty for one of which nothing is known. */
    Optional<Platform> ofType(String type);

    /** The same of one trust provider, whose document may know more, or ask for less. */
    Optional<Platform> of(TrustProvider document);
}
