package dev.sallyport.core.token;

import dev.sallyport.core.possession.Confirmation;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** The only access token there is; package-private, so that nothing outside can forge one. */
record VerifiedToken(
        UUID jti,
        String subject,
        String agent,
        String audience,
        List<String> actions,
        Instant issued,
        Instant expires,
        String provider,
        Confirmation bound)
        implements AccessToken {

    VerifiedToken {
        actions = List.copyOf(actions);
    }
}
