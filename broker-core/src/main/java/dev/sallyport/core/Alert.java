package dev.sallyport.core;

import dev.sallyport.core.attest.Check;
import dev.sallyport.core.log.Entry;
import dev.sallyport.core.possession.Confirmation;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Writes down what somebody should look at: evidence in the hands of two. */
final class Alert {

    private Alert() {}

    /** The entry beside that of an attempt; null where there is nothing to be alarmed about. */
    static @Nullable Entry of(Trial trial, String replica) {
        if (!(trial.refusal() instanceof Refusal.EvidenceRefused(var check, var _)) || check != Check.BINDING) {
            return null;
        }
        Map<String, Object> detail = new TreeMap<>();
        detail.put("alert", "evidence_of_another_key");
        detail.put("attempt", trial.decisionId().toString());
        detail.put("provider", trial.proof().provider());
        detail.put("digest", trial.proof().digest());
        detail.put(Confirmation.CLAIM, trial.request().possession().proven().members());
        detail.put("replica", replica);
        if (trial.agent() != null) {
            detail.put("agent", trial.agent().name());
        }
        return new Entry(trial.time(), "alert", "raised", null, detail);
    }
}
