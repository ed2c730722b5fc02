package dev.sallyport.policy;

import dev.sallyport.core.policy.Policy;

/** A policy as it is written and as it is compiled. */
record Examined(Policy policy, Rule rule) {

    String name() {
        return policy.name();
    }
}
