package dev.sallyport.policy;

import dev.sallyport.core.Glob;
import dev.sallyport.core.Invalid;
import dev.sallyport.core.Names;
import dev.sallyport.core.directory.Agent;
import dev.sallyport.core.directory.Target;
import dev.sallyport.core.policy.Policy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Makes a policy engine of policy documents. */
public final class Policies {

    private Policies() {}

    /**
     * Compiles a whole policy set against the directory that it speaks of.
     *
     * @param conditions those of the very policies
     * @throws Invalid naming the policy and the field that breaks a rule
     */
    public static PolicySet compile(
            List<Policy> policies, Collection<Agent> agents, Collection<Target> targets, Conditions conditions) {
        Names.checkUnique("policies", policies);
        Set<String> agentNames = agents.stream().map(Agent::name).collect(Collectors.toSet());
        Set<String> targetNames = targets.stream().map(Target::name).collect(Collectors.toSet());
        Map<List<String>, List<Glob>> patterns = new HashMap<>();
        List<Rule> rules = new ArrayList<>(policies.size());
        for (int i = 0; i < policies.size(); i++) {
            try {
                Policy policy = policies.get(i);
                check(policy, agentNames, targetNames);
                Condition condition = policy.when() == null ? null : conditions.get(policy.when());
                rules.add(Rule.of(policy, condition, texts -> patterns.computeIfAbsent(texts, Glob::all)));
            } catch (Invalid e) {
                throw e.within("policies[" + i + "]");
            }
        }
        return new PolicySet(rules, targets);
    }

    /** Whether the policy is about the agent: one of its selectors includes it. */
    public static boolean selects(Policy policy, Agent agent) {
        return policy.agents().stream().map(Rule.Who::of).anyMatch(who -> who.includes(agent));
    }

    private static void check(Policy policy, Set<String> agents, Set<String> targets) {
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
