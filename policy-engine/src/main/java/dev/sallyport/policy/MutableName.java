package dev.sallyport.policy;

import dev.sallyport.core.attest.TrustProvider;
import dev.sallyport.core.directory.Agent;
import dev.sallyport.core.directory.Binding;
import dev.sallyport.policy.LintRule.OfAgents.Bound;
import dev.sallyport.policy.Sources.Source;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A workload that is told by a name which can change hands, though its platform has an id for it. */
record MutableName() implements LintRule.Whole {

    /** Names that carry ids: {@code repo:acme@4242/billing@1001:...} of GitHub. */
    private static final Pattern WITH_IDS = Pattern.compile("@[0-9]+\\b");

    @Override
    public String code() {
        return "mutable-name";
    }

    @Override
    public void check(Premises premises, Report.Of report) {
        premises.configuration().trustProviders().forEach(each -> check(each, premises.platform(each), report));
        for (Agent agent : premises.configuration().agents()) {
            if (report.ends(premises)) {
                return;
            }
            premises.bindings(agent).forEach(bound -> check(agent.name(), bound, report));
        }
        for (Examined each : premises.policies()) {
            if (report.ends(premises)) {
                return;
            }
            Condition condition = each.rule().condition();
            if (condition != null) {
                premises.holding(condition).each().forEach(literals -> check(each, literals, premises, report));
            }
        }
    }

    private static void check(TrustProvider provider, Platform platform, Report.Of report) {
        provider.require().forEach((claim, values) -> {
            List<String> ids = platform.insteadOf(claim);
            if (ids != null && !values.stream().allMatch(MutableName::withIds) && !pins(provider, ids)) {
                report.provider(provider.name(), "require." + claim, message(claim, ids));
            }
        });
    }

    private static void check(String agent, Bound bound, Report.Of report) {
        for (Map.Entry<String, String> each : bound.binding().match().entrySet()) {
            List<String> ids = bound.platform().insteadOf(each.getKey());
            String pattern = each.getValue();
            if (ids != null
                    && !pattern.chars().allMatch(c -> c == '*')
                    && !withIds(pattern)
                    && !pins(bound.provider(), ids)
                    && !pins(bound.binding(), ids)) {
                report.binding(
                        agent, bound.field(each.getKey()), bound.provider().name(), message(each.getKey(), ids));
            }
        }
    }

    private static void check(Examined policy, List<Literal> literals, Premises premises, Report.Of report) {
        for (Literal literal : literals) {
            Comparison comparison = literal.atom().comparison();
            if (comparison == null
                    || comparison.path().key() == null
                    || !comparison.path().word().equals(Vocabulary.CLAIMS)
                    || comparison.operator() == Comparison.Operator.HAS
                    || texts(comparison).allMatch(MutableName::withIds)) {
                continue;
            }
            String claim = comparison.path().key();
            for (Source source : Sources.of(policy.rule(), literals, premises).each()) {
                List<String> ids = source.platform().insteadOf(claim);
                if (ids != null && !pinned(policy.rule(), literals, source, ids, premises)) {
                    report.condition(policy.policy(), literal.atom(), message(claim, ids));
                }
            }
        }
    }

    private static Stream<String> texts(Comparison comparison) {
        return comparison.literal() instanceof List<?> list
                ? list.stream().map(String::valueOf)
                : Stream.of(String.valueOf(comparison.literal()));
    }

    /** Whether an id is compared too, or every agent that the policy selects is bound by one. */
    private static boolean pinned(
            Rule rule, List<Literal> literals, Source source, List<String> ids, Premises premises) {
        if (ids.stream()
                .anyMatch(id -> literals.stream()
                        .anyMatch(literal -> literal.pins(Vocabulary.CLAIMS, id).isPresent()))) {
            return true;
        }
        TrustProvider provider = source.provider();
        return provider != null
                && (pins(provider, ids)
                        || premises.agents(rule).agents().stream()
                                .flatMap(agent -> agent.bindings().stream())
                                .filter(binding -> binding.provider().equals(provider.name()))
                                .allMatch(binding -> pins(binding, ids)));
    }

    private static boolean pins(TrustProvider provider, List<String> ids) {
        return ids.stream().anyMatch(provider.require()::containsKey);
    }

    private static boolean pins(Binding binding, List<String> ids) {
        return ids.stream().anyMatch(id -> {
            String pattern = binding.match().get(id);
            return pattern != null && !pattern.contains("*");
        });
    }

    private static boolean withIds(String text) {
        return WITH_IDS.matcher(text).find();
    }

    private static String message(String claim, List<String> ids) {
        return "The claim " + claim + " is a name that can change hands: compare " + String.join(" or ", ids)
                + ", which nobody else can come to have, as well or instead.";
    }
}
