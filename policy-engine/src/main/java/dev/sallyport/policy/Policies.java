package dev.sallyport.policy;

import dev.sallyport.core.Glob;
import dev.sallyport.core.Invalid;
import dev.sallyport.core.Names;
import dev.sallyport.core.directory.Agent;
import dev.sallyport.core.directory.Target;
import dev.sallyport.core.policy.Policy;
import dev.sallyport.core.policy.PolicyEngine;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Makes a policy engine of policy documents. */
public final class Policies {

    private Policies() {}

    /**
     * Compiles a whole policy set against the directory that it speaks of.
     *
     * @throws Invalid naming the policy and the field that breaks a rule
     */
    public static PolicyEngine compile(List<Policy> policies, Collection<Agent> agents, Collection<Target> targets) {
        Names.checkUnique("policies", policies);
        Set<String> agentNames = agents.stream().map(Agent::name).collect(Collectors.toSet());
        Set<String> targetNames = targets.stream().map(Target::name).collect(Collectors.toSet());
        Map<String, Compiled> conditions = policies.parallelStream()
                .flatMap(policy -> Stream.ofNullable(policy.when()))
                .distinct()
                .collect(Collectors.toConcurrentMap(text -> text, Compiled::of));
        List<Rule> rules = new ArrayList<>(policies.size());
        for (int i = 0; i < policies.size(); i++) {
            try {
                Policy policy = policies.get(i);
                check(policy, agentNames, targetNames);
                Compiled condition = policy.when() == null ? null : conditions.get(policy.when());
                rules.add(Rule.of(policy, condition == null ? null : condition.get()));
            } catch (Invalid e) {
                throw e.within("policies[" + i + "]");
            }
        }
        return new PolicySet(rules, targets);
    }

    /**
     * The claims that the policy's condition names: selected, indexed by a literal, or looked for with a literal
     * {@code in}. One that only turns up in a computed index or a loop over all claims is not among them.
     *
     * @throws Invalid when the condition is not CEL at all
     */
    public static Set<String> claimsMentioned(Policy policy) {
        return policy.when() == null ? Set.of() : Condition.claimsMentioned(policy.when());
    }

    /** Whether the policy is about the agent: one of its selectors includes it. */
    public static boolean selects(Policy policy, Agent agent) {
        return policy.agents().stream().map(Rule.Who::of).anyMatch(who -> who.includes(agent));
    }

    /** A condition or what is wrong with it: texts are compiled in parallel, complaints raised in the policies' order. */
    private record Compiled(
            @Nullable Condition condition, @Nullable Invalid problem) {

        static Compiled of(String text) {
            try {
                return new Compiled(Condition.of(text), null);
            } catch (Invalid e) {
                return new Compiled(null, e);
            }
        }

        @Nullable
        Condition get() {
            if (problem != null) {
                throw problem;
            }
            return condition;
        }
    }

    private static void check(Policy policy, Set<String> agents, Set<String> targets) {
        Invalid.unless(policy.limit() == null, "limit", "rate limits are not offered yet");
        Invalid.unless(policy.grant().proof() == null, "grant.proof", "bound tokens are not offered yet");
        for (int i = 0; i < policy.targets().size(); i++) {
            checkKnown("targets[" + i + "]", policy.targets().get(i), targets, "target");
        }
        for (int i = 0; i < policy.agents().size(); i++) {
            String name = policy.agents().get(i).name();
            if (name != null) {
                checkKnown("agents[" + i + "].name", name, agents, "agent");
            }
        }
    }

    /** A name without a pattern must be somebody's: a misspelt one would silently never match. */
    private static void checkKnown(String field, String name, Set<String> known, String what) {
        Invalid.unless(!Glob.of(name).exact() || known.contains(name), field, "no " + what + " is named " + name);
    }
}
