package dev.sallyport.core.token;

import dev.sallyport.core.possession.Confirmation;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** A token of the broker's own whose signature, times and form have been verified; whoever shows it may not be its holder. */
public sealed interface SignedToken permits AccessToken, InspectedToken {

    UUID jti();

    /** {@code client_id}: the agent's name. */
    String agent();

    /** {@code aud}: the one target that it is for. */
    String audience();

    /** {@code scope}: what may be done there, at least one. */
    List<String> actions();

    Instant issued();

    Instant expires();

    /** {@code cnf}: the keys that it is bound to. */
    Confirmation bound();
}
