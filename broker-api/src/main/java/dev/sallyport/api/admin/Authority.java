package dev.sallyport.api.admin;

import dev.sallyport.core.Configuration;
import dev.sallyport.core.Named;
import dev.sallyport.core.directory.Agent;
import dev.sallyport.core.directory.Target;
import dev.sallyport.core.policy.Policy;
import dev.sallyport.policy.Policies;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Which scope a change needs.
 *
 * <p>What could make an admin needs {@code system:write}: trust providers, policies that name the broker's own API, and agents
 * that such a policy selects, before the change or after it. Otherwise whoever may write policies could make himself root.
 */
final class Authority {

    private final List<Policy> adminPolicies;

    /** Knows the policies before a change and after it. */
    Authority(Configuration... configurations) {
        this.adminPolicies = Stream.of(configurations)
                .flatMap(configuration -> configuration.policies().stream())
                .filter(Authority::namesTheApi)
                .distinct()
                .toList();
    }

    Set<String> scopes(Collection<Change> changes) {
        Set<String> scopes = new TreeSet<>();
        for (Change change : changes) {
            Stream.of(change.before(), change.after()).forEach(document -> {
                if (document != null) {
                    scopes.add(scope(document));
                }
            });
        }
        return scopes;
    }

    /** The scope that writing a document needs. */
    String scope(Named document) {
        return switch (document) {
            case Policy policy -> namesTheApi(policy) ? Scopes.SYSTEM_WRITE : Scopes.POLICY_WRITE;
            case Agent agent -> makesAnAdmin(agent) ? Scopes.SYSTEM_WRITE : Scopes.DIRECTORY_WRITE;
            case Target _ -> Scopes.DIRECTORY_WRITE;
            default -> Scopes.SYSTEM_WRITE;
        };
    }

    private boolean makesAnAdmin(Agent agent) {
        return adminPolicies.stream().anyMatch(policy -> Policies.selects(policy, agent));
    }

    private static boolean namesTheApi(Policy policy) {
        return policy.targets().contains(Target.BUILT_IN);
    }
}
