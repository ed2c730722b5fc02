package dev.sallyport.core.attest;

import dev.sallyport.core.Unavailable;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * Which key each machine is bound to, for those whose documents anybody can copy.
 *
 * <p>Methods throw {@link Unavailable} where that can't be told.
 */
public interface Enrolments {

    /** The claim that tells how a machine's key came to be its own, in the words of {@link Way}. */
    String CLAIM = "enrolment";

    /** What a machine is bound to, if it is. */
    Optional<Enrolment> find(String provider, String instance);

    /** Binds a machine to a key unless it is bound, durably and for all replicas, and says what it is bound to now. */
    Enrolment bind(String provider, Enrolment wanted);

    /** How a key came to be a machine's own. */
    enum Way {
        /** An admin named it in the trust provider's document. */
        REGISTERED,
        /** The platform confirmed the machine when its key was first seen. */
        CONFIRMED,
        /** It was the first one that was seen. */
        FIRST_USE;

        /** As it stands in claims and answers, such as {@code first-use}. */
        public String label() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        /** Throws {@link IllegalArgumentException} for a label that there is not. */
        public static Way of(String label) {
            return valueOf(label.toUpperCase(Locale.ROOT).replace('-', '_'));
        }
    }

    /**
     * One machine and its key.
     *
     * @param instance the platform's id of the machine
     * @param jkt the RFC 7638 thumbprint of the key
     * @param created when it was bound
     */
    record Enrolment(String instance, String jkt, Way way, Instant created) {}
}
