package dev.sallyport.core;

import dev.sallyport.core.attest.Check;
import java.time.Duration;

/**
 * Why an access attempt was turned down.
 *
 * <p>A closed family: whoever answers a caller switches over it without a {@code default}, so that a new refusal does not
 * compile until it has an answer. The {@code detail} says which part failed, in words fit for the caller: no policy text,
 * no other agent's name, nothing of a token's content.
 */
public sealed interface Refusal {

    String detail();

    /** A short, stable word for logs and metrics, such as {@code evidence} or {@code target}. */
    String reason();

    /** The request is larger than the broker reads. */
    record TooLarge(String detail) implements Refusal {
        @Override
        public String reason() {
            return "malformed";
        }
    }

    /** A parameter is missing, repeated or unreadable. */
    record Malformed(String parameter, String detail) implements Refusal {
        @Override
        public String reason() {
            return "malformed";
        }
    }

    /** The grant type is not one that the broker offers. */
    record UnsupportedGrant(String detail) implements Refusal {
        @Override
        public String reason() {
            return "grant";
        }
    }

    /** The evidence was not accepted. */
    record EvidenceRefused(Check check, String detail) implements Refusal {
        @Override
        public String reason() {
            return "evidence";
        }
    }

    /** The evidence is good, but no agent, or not exactly one active agent, matches it. */
    record AgentRefused(String detail) implements Refusal {
        @Override
        public String reason() {
            return "agent";
        }
    }

    /** The target is not named exactly once, not known, or nothing on it is permitted. */
    record TargetRefused(String detail) implements Refusal {

        /** The detail where policies were not asked, since the target is switched off. */
        public static final String SUSPENDED = "the target is suspended";

        /** The detail where policies were not asked, since nobody but the caller says whose key it is. */
        public static final String FIRST_USE =
                "a machine that was trusted on first use may not call the broker's own API";

        /** The detail where policies were not asked, since people are let in to the broker's own API and nowhere else. */
        public static final String PERSON = "an ID token is good for a token for the broker's own API only";

        @Override
        public String reason() {
            return "target";
        }
    }

    /** An action is unknown to the target, not permitted, or a pattern. */
    record ActionRefused(String detail) implements Refusal {
        @Override
        public String reason() {
            return "action";
        }
    }

    /** The authorization details are not of a kind that is offered here (RFC 9396 section 5). */
    record DetailsRefused(String detail) implements Refusal {
        @Override
        public String reason() {
            return "details";
        }
    }

    /** The DPoP proof is missing though the token must be bound to a key, or it is not good. */
    record ProofRefused(String detail) implements Refusal {

        /** The detail where there was no proof at all, and target or policies want one. */
        public static final String MISSING = "a token for this target needs a DPoP proof";

        @Override
        public String reason() {
            return "proof";
        }
    }

    /** The DPoP proof needs a nonce of the broker's. */
    record NonceWanted(String detail) implements Refusal {
        @Override
        public String reason() {
            return "nonce";
        }
    }

    /** There is no client certificate though the token must be bound to one. */
    record CertificateMissing(String detail) implements Refusal {
        @Override
        public String reason() {
            return "certificate";
        }
    }

    /**
     * A policy limits how often, and it was that often.
     *
     * @param pause how long there is no room
     */
    record TooFast(String detail, Duration pause) implements Refusal {
        @Override
        public String reason() {
            return "rate";
        }
    }

    /** The log, the database or a verifier's keys are out of reach. */
    record OutOfReach(String detail) implements Refusal {
        @Override
        public String reason() {
            return "unavailable";
        }
    }
}
