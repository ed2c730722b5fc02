package dev.sallyport.store;

import dev.sallyport.core.log.Entry;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/** What the log says when something happens to a key. */
record KeyEntry(KnownKey key, Instant now) {

    /** It was made. */
    Entry applied(Map<String, Object> why) {
        return of("applied", why, true);
    }

    /** It signs earlier than it was to. */
    Entry activated(Map<String, Object> why) {
        return of("activated", why, true);
    }

    /** Its private half was destroyed: it was {@code retired}, {@code revoked} or {@code discarded}. */
    Entry ended(String how, Map<String, Object> why) {
        return of(how, why, false);
    }

    private Entry of(String outcome, Map<String, Object> why, boolean signs) {
        Map<String, Object> detail = new TreeMap<>(why);
        detail.put("kid", key.kid());
        detail.put("algorithm", key.algorithm());
        detail.put("purpose", key.purpose());
        if (signs && !key.activates().equals(key.created())) {
            detail.put("activates", key.activates().toString());
        }
        return new Entry(now, "key", outcome, null, detail);
    }
}
