package dev.sallyport.api.history;

import dev.sallyport.store.Attestations.Attested;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Counts how often each claim of interest was sent, from attestations that come the newest first.
 *
 * <p>One that was there each time has stopped with the first attestation without it, and started with the first that has it.
 * Platforms send some claims only at times: of those, so many on that side must be without it that chance is unlikely.
 */
final class ClaimDrift {

    /** How unlikely is too unlikely to be chance. */
    private static final double CHANCE = 0.01;

    private final Map<String, Platform> byProvider = new TreeMap<>();

    /** What was seen of one trust provider. */
    private static final class Platform {

        private final SortedMap<String, Seen> claims = new TreeMap<>();
        private long attestations;

        void take(Attested each) {
            attestations++;
            each.texts().forEach(claim -> take(claim, false, each.time()));
            each.lists().forEach(claim -> take(claim, true, each.time()));
        }

        private void take(String claim, boolean list, Instant time) {
            Seen seen = claims.get(claim);
            if (seen != null) {
                seen.take(list, time, attestations);
            }
        }
    }

    /** What was seen of one claim. */
    private static final class Seen {

        private long count;
        private long newest;
        private long oldest;
        private @Nullable Instant last;
        private @Nullable Instant first;
        private boolean listNow;
        private @Nullable Instant shapeSince;
        private boolean changed;

        void take(boolean list, Instant time, long number) {
            if (count++ == 0) {
                newest = number;
                last = time;
                listNow = list;
            }
            oldest = number;
            first = time;
            if (list == listNow && !changed) {
                shapeSince = time;
            }
            changed |= list != listNow;
        }

        String state(long attestations) {
            if (attestations == 0) {
                return "no-attestations";
            }
            if (count == 0) {
                return "never-seen";
            }
            long span = oldest - newest + 1;
            if (unlikely(newest - 1, span)) {
                return "stopped";
            }
            return unlikely(attestations - oldest, span) ? "started" : "steady";
        }

        /** Whether so many without it are no chance, by its share of those between the first and the last. */
        private boolean unlikely(long without, long span) {
            if (without == 0 || (count == span && count > 1)) {
                return without > 0;
            }
            double absent = 1 - (double) count / (double) (span + 1);
            return Math.pow(absent, (double) without) < CHANCE;
        }
    }

    /** Wants to know of a claim. */
    void watch(String provider, String claim) {
        byProvider.computeIfAbsent(provider, _ -> new Platform()).claims.put(claim, new Seen());
    }

    void take(Attested each) {
        Platform platform = byProvider.get(each.provider());
        if (platform != null) {
            platform.take(each);
        }
    }

    /** What became of a claim that is watched, as answers have it. */
    Map<String, Object> shown(String provider, String claim) {
        Platform platform = watched(provider);
        Seen seen = platform.claims.get(claim);
        if (seen == null) {
            throw new IllegalStateException("nobody watches the claim " + claim);
        }
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("claim", claim);
        shown.put("state", seen.state(platform.attestations));
        shown.put("seen", seen.count);
        if (seen.first != null && seen.last != null) {
            shown.put("firstSeen", seen.first.toString());
            shown.put("lastSeen", seen.last.toString());
            shown.put("newerWithout", seen.newest - 1);
            shown.put("shape", seen.listNow ? "list" : "string");
        }
        if (seen.changed && seen.shapeSince != null) {
            shown.put("shapeBefore", seen.listNow ? "string" : "list");
            shown.put("shapeSince", seen.shapeSince.toString());
        }
        return shown;
    }

    /** How many attestations of a trust provider there were. */
    long attestations(String provider) {
        return watched(provider).attestations;
    }

    private Platform watched(String provider) {
        Platform platform = byProvider.get(provider);
        if (platform == null) {
            throw new IllegalStateException("nobody watches the trust provider " + provider);
        }
        return platform;
    }
}
