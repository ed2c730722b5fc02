package dev.sallyport.store;

import dev.sallyport.core.jwt.PrivateJwk;
import dev.sallyport.core.jwt.SigningAlgorithm;
import dev.sallyport.core.log.LogKey;
import dev.sallyport.core.token.SigningKey;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** Makes keys, and knows which kinds of them there are. */
final class NewKey {

    private NewKey() {}

    /** The algorithms of a purpose, each of which has keys of its own; empty for a purpose whose keys never change. */
    static List<String> algorithms(String purpose) {
        return switch (purpose) {
            case SigningKey.PURPOSE -> SigningAlgorithm.NAMES;
            case LogKey.PURPOSE -> List.of(LogKey.ALGORITHM);
            default -> List.of();
        };
    }

    static KeyRecord of(String purpose, String algorithm, Instant created, Instant activates) {
        Instant made = created.truncatedTo(ChronoUnit.MICROS);
        Instant begins = activates.truncatedTo(ChronoUnit.MICROS);
        if (purpose.equals(LogKey.PURPOSE)) {
            LogKey key = LogKey.generate();
            return new KeyRecord(key.kid(), algorithm, purpose, key.privateJwk(), made, begins);
        }
        PrivateJwk key = PrivateJwk.generate(SigningAlgorithm.of(algorithm));
        return new KeyRecord(key.kid(), algorithm, purpose, key.json(), made, begins);
    }
}
