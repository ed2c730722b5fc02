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
        String alert = name(trial);
        if (alert == null) {
            return null;
        }
        Map<String, Object> detail = new TreeMap<>();
        detail.put("alert", alert);
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

    private static @Nullable String name(Trial trial) {
        return switch (trial.refusal()) {
            case Refusal.EvidenceRefused(var check, var _) when check == Check.BINDING -> "evidence_of_another_key";
            case Refusal.EvidenceRefused(var check, var _) when check == Check.SPENT -> "evidence_used_again";
            case null, default -> null;
        };
    }
}
