package dev.sallyport.core;

import dev.sallyport.core.attest.TrustProvider;
import dev.sallyport.core.directory.Agent;
import dev.sallyport.core.directory.Agent.Kind;
import dev.sallyport.core.directory.Binding;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Keeps people and workloads apart: agents of kind {@code human} are vouched for by {@code workforce} trust providers, all
 * others by all others.
 *
 * <p>A person is bound by what the identity provider alone decides: a subject that is never given to somebody else, or
 * membership in a group. Names and addresses that people choose, or that are handed on, do not bind.
 */
final class People {

    /** Ids of one person: {@code sub} of OpenID Connect, and Entra's {@code oid}. */
    private static final Set<String> IDS = Set.of("sub", "oid");

    /** What identity providers call memberships; a document may have others, under {@code claims}. */
    private static final Set<String> GROUPS = Set.of("groups", "roles", "wids");

    private static final String EMAIL = "email";
    private static final String EMAIL_VERIFIED = "email_verified";

    /** What people can change, or what others may get after them (OpenID Connect Core sections 5.1 and 5.7). */
    private static final Set<String> MUTABLE = Set.of(
            "name",
            "given_name",
            "family_name",
            "middle_name",
            "nickname",
            "preferred_username",
            "unique_name",
            "upn",
            "username",
            "login",
            "profile",
            "website",
            "phone_number");

    private People() {}

    /** Throws {@link Invalid} where a person would be taken for a workload, or anybody for a person. */
    static void check(List<TrustProvider> trustProviders, List<Agent> agents) {
        checkClientIds(trustProviders);
        Map<String, TrustProvider> byName =
                trustProviders.stream().collect(Collectors.toMap(TrustProvider::name, Function.identity()));
        for (int i = 0; i < agents.size(); i++) {
            Agent agent = agents.get(i);
            for (int j = 0; j < agent.bindings().size(); j++) {
                Binding binding = agent.bindings().get(j);
                String field = "agents[" + i + "].bindings[" + j + "]";
                TrustProvider provider = byName.get(binding.provider());
                if (provider != null) {
                    check(agent, binding, provider, field);
                }
            }
        }
    }

    /** A token for one client is good at one place: what is addressed to people's client proves no workload. */
    private static void checkClientIds(List<TrustProvider> trustProviders) {
        Map<String, String> clients = trustProviders.stream()
                .filter(TrustProvider::vouchesForPeople)
                .flatMap(provider -> provider.audiences().stream().map(id -> Map.entry(id, provider.name())))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (one, other) -> one));
        for (int i = 0; i < trustProviders.size(); i++) {
            TrustProvider provider = trustProviders.get(i);
            for (int j = 0; j < provider.audiences().size(); j++) {
                String owner = clients.get(provider.audiences().get(j));
                Invalid.unless(
                        owner == null || provider.vouchesForPeople(),
                        "trustProviders[" + i + "].audiences[" + j + "]",
                        "is the client id of trust provider " + owner + ", which vouches for people");
            }
        }
    }

    private static void check(Agent agent, Binding binding, TrustProvider provider, String field) {
        boolean human = agent.kind() == Kind.HUMAN;
        Invalid.unless(
                human == provider.vouchesForPeople(),
                field + ".provider",
                human
                        ? "does not vouch for people, as that of an agent of kind human must"
                        : "vouches for people: only an agent of kind human can be bound to it");
        if (human) {
            checkMatch(binding.match(), provider, field + ".match");
        }
    }

    private static void checkMatch(Map<String, String> match, TrustProvider provider, String field) {
        boolean verified = "true".equals(match.get(EMAIL_VERIFIED));
        match.forEach((claim, value) -> {
            Invalid.unless(value.indexOf('*') < 0, field + "." + claim, "must be exact: a pattern binds no person");
            Invalid.unless(
                    !MUTABLE.contains(claim),
                    field + "." + claim,
                    "can change hands or is chosen by the person: bind by sub or by a group");
            Invalid.unless(
                    !claim.equals(EMAIL) || verified,
                    field + "." + claim,
                    "needs email_verified: \"true\" beside it; better bind by sub or by a group");
        });
        Invalid.unless(
                match.keySet().stream().anyMatch(claim -> binds(claim, provider)),
                field,
                "must name sub, or a group by groups, roles or a claim that the trust provider's document lists");
    }

    private static boolean binds(String claim, TrustProvider provider) {
        return IDS.contains(claim)
                || GROUPS.contains(claim)
                || claim.equals(EMAIL)
                || (provider.claims().contains(claim) && !claim.equals(EMAIL_VERIFIED));
    }
}
