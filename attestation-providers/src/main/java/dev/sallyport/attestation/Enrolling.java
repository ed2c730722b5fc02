package dev.sallyport.attestation;

import dev.sallyport.core.attest.Check;
import dev.sallyport.core.attest.Claims;
import dev.sallyport.core.attest.Enrolments;
import dev.sallyport.core.attest.Enrolments.Enrolment;
import dev.sallyport.core.attest.Enrolments.Way;
import dev.sallyport.core.attest.Verdict.Verified;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Knows each machine by one key.
 *
 * <p>A key that an admin named is the only one of its machine. Otherwise the key that is seen first stays the only one until an
 * admin resets it, provided that its document is young enough and, where that is asked for, AWS confirms the machine. A bound
 * key may come with a document of any age: the machine still has the same one years later.
 *
 * @param provider the trust provider's name
 * @param registered the keys that an admin named, by instance id
 * @param ec2 confirms machines; null where that is not asked for
 * @param open whether machines that no admin named may enrol at all
 * @param maxAge how old the document may be then; null for any age
 */
record Enrolling(
        String provider,
        Map<String, String> registered,
        @Nullable Ec2 ec2,
        boolean open,
        @Nullable Duration maxAge,
        Enrolments enrolments) {

    Verified enrolled(Verified verified, String jkt, Instant now) {
        String instance = one(verified.claims(), "instance_id");
        String named = registered.get(instance);
        Enrolment bound = named == null
                ? bound(verified, new Enrolment(instance, jkt, way(), now))
                : new Enrolment(instance, named, Way.REGISTERED, now);
        NotProven.unless(
                bound.jkt().equals(jkt), Check.HOLDER, "the machine is bound to another key; an admin can reset it");
        return new Verified(
                verified.subject(),
                ClaimList.with(verified.claims(), Enrolments.CLAIM, bound.way().label()),
                verified.issued(),
                verified.expires(),
                verified.digest());
    }

    /** Throws where the machine has no key and could not get one. */
    void checkOpen(Verified verified, Instant now) {
        String instance = one(verified.claims(), "instance_id");
        if (!registered.containsKey(instance)
                && enrolments.find(provider, instance).isEmpty()) {
            checkOpen(verified.issued(), now);
        }
    }

    private void checkOpen(Instant started, Instant now) {
        NotProven.unless(open, Check.HOLDER, "the machine is not registered with a key");
        NotProven.unless(
                maxAge == null || now.isBefore(started.plus(maxAge)),
                Check.EXPIRY,
                "the machine started too long ago to enrol");
    }

    private Way way() {
        return ec2 == null ? Way.FIRST_USE : Way.CONFIRMED;
    }

    private Enrolment bound(Verified verified, Enrolment wanted) {
        Optional<Enrolment> known = enrolments.find(provider, wanted.instance());
        if (known.isPresent()) {
            return known.get();
        }
        checkOpen(verified.issued(), wanted.created());
        Claims claims = verified.claims();
        NotProven.unless(
                ec2 == null
                        || ec2.runs(
                                one(claims, "account_id"),
                                one(claims, "region"),
                                wanted.instance(),
                                one(claims, "image_id")),
                Check.HOLDER,
                "AWS does not confirm that the machine runs");
        return enrolments.bind(provider, wanted);
    }

    private static String one(Claims claims, String name) {
        return claims.get(name) instanceof Claims.One(var text) ? text : "";
    }
}
