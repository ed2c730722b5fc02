package dev.sallyport.core;

import dev.sallyport.core.token.MintedToken;
import java.util.UUID;

/** How a token request ended. */
public sealed interface Outcome {

    /** Names this decision in answers and in the log; a UUIDv7. */
    UUID decisionId();

    /** A token was minted, and its entry is durable. */
    record Issued(UUID decisionId, MintedToken token) implements Outcome {}

    /** The request was turned down. */
    record Refused(UUID decisionId, Refusal refusal) implements Outcome {}
}
