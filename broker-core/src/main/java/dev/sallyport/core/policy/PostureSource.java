package dev.sallyport.core.policy;

import java.time.Instant;

/** Where the posture of agents comes from: memory, so it never blocks and never throws. */
@FunctionalInterface
public interface PostureSource {

    /** Knows nothing of anybody. */
    PostureSource NONE = (agent, time) -> Posture.NONE;

    /** What counts of an agent at a time. */
    Posture of(String agent, Instant time);
}
