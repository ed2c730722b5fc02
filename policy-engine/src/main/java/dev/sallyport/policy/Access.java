package dev.sallyport.policy;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What policies could permit one agent to do at one target.
 *
 * @param action an action, or a pattern that stands for those actions of the target that match it
 * @param always whether it is permitted whatever an attestation, a request or posture says
 * @param allow the policies that permit it, by name
 * @param deny those that may refuse it
 * @param constraints what those that permit it always narrow it to, with the target's own rules; others may narrow it further
 */
public record Access(
        String agent,
        String target,
        String action,
        boolean always,
        List<Via> allow,
        List<Via> deny,
        Constraints constraints)
        implements AccessPage.Item {

    public Access {
        allow = List.copyOf(allow);
        deny = List.copyOf(deny);
    }

    /**
     * A policy that has a say.
     *
     * @param when the condition that remains; null where the documents alone decide that it applies
     * @param actions what of the row's pattern it is about; empty for all of it
     */
    public record Via(String policy, @Nullable String when, List<String> actions) {

        public Via {
            actions = List.copyOf(actions);
        }
    }

    @Override
    public Place place() {
        return new Place(agent, target, action);
    }

    /** How many policies it names. */
    @Override
    public int size() {
        return allow.size() + deny.size();
    }
}
