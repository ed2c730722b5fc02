package dev.sallyport.policy;

import dev.sallyport.core.Glob;
import dev.sallyport.core.directory.Agent;
import dev.sallyport.core.directory.Target;
import dev.sallyport.policy.Rule.Who;
import java.util.List;

/** Says whether one rule is about everything that another one is about, or about some of it. */
final class Coverage {

    private Coverage() {}

    /** Whether every text of the second pattern is one of the first: a star there is matched by a star here only. */
    static boolean covers(Glob wide, Glob narrow) {
        return wide.matches(narrow.pattern());
    }

    /** Whether some text matches both. */
    static boolean meet(Glob one, Glob other) {
        if (one.exact() || other.exact()) {
            return one.exact() ? other.matches(one.pattern()) : one.matches(other.pattern());
        }
        String a = one.pattern();
        String b = other.pattern();
        String begin = a.substring(0, a.indexOf('*'));
        String otherBegin = b.substring(0, b.indexOf('*'));
        String end = a.substring(a.lastIndexOf('*') + 1);
        String otherEnd = b.substring(b.lastIndexOf('*') + 1);
        return (begin.startsWith(otherBegin) || otherBegin.startsWith(begin))
                && (end.endsWith(otherEnd) || otherEnd.endsWith(end));
    }

    static boolean meet(List<Glob> some, List<Glob> others) {
        return some.stream().anyMatch(one -> others.stream().anyMatch(other -> meet(one, other)));
    }

    /** Whether whoever the narrow rule may ever select is selected by the wide one too; an agent by its name is as it is now. */
    static boolean coversWhoever(Rule wide, Rule narrow, Premises premises) {
        return narrow.agents().stream()
                .allMatch(who -> wide.agents().stream().anyMatch(each -> covers(each, who))
                        || (who.name() != null
                                && who.name().exact()
                                && premises.agents(narrow).agents().stream()
                                        .filter(who::includes)
                                        .allMatch(wide::isAbout)));
    }

    private static boolean covers(Who wide, Who narrow) {
        return (wide.name() == null
                        || (narrow.name() != null && covers(wide.name(), narrow.name()))
                        || wide.name().pattern().equals("*"))
                && (wide.kind() == null || wide.kind() == narrow.kind())
                && narrow.labels().entrySet().containsAll(wide.labels().entrySet());
    }

    /** Whether all agents that the narrow rule selects now are selected by the wide one too. */
    static boolean coversAgentsNow(Rule wide, Rule narrow, Premises premises) {
        Selection.Selected selected = premises.agents(narrow);
        return coversWhoever(wide, narrow, premises)
                || (selected.all() && selected.agents().stream().allMatch(wide::isAbout));
    }

    /** Whether all targets that the narrow rule may ever name are named by the wide one too. */
    static boolean coversWhatever(Rule wide, Rule narrow) {
        return narrow.targets().stream()
                .allMatch(each -> wide.targets().stream()
                        .anyMatch(other -> each.pattern().equals(Target.BUILT_IN)
                                ? other.exact() && other.equals(each)
                                : covers(other, each)));
    }

    /** Whether all targets that the narrow rule names now are named by the wide one too. */
    static boolean coversTargetsNow(Rule wide, Rule narrow, Premises premises) {
        return coversWhatever(wide, narrow) || premises.targets(narrow).stream().allMatch(wide::names);
    }

    /** Whether all actions that the narrow rule may ever cover are covered by the wide one too. */
    static boolean coversActions(Rule wide, Rule narrow) {
        return narrow.actions().stream()
                .allMatch(each -> wide.actions().stream().anyMatch(other -> covers(other, each)));
    }

    /** Whether all actions that the narrow rule's targets offer it now are covered by the wide one too. */
    static boolean coversActionsNow(Rule wide, Rule narrow, Premises premises) {
        return coversActions(wide, narrow)
                || premises.targets(narrow).stream()
                        .flatMap(target -> Glob.all(target.actions()).stream())
                        .filter(offered -> narrow.actions().stream().anyMatch(own -> meet(own, offered)))
                        .allMatch(offered -> wide.actions().stream().anyMatch(own -> covers(own, offered)));
    }

    /** Whether both are about that agent on that target, for some action that it offers. */
    static boolean meet(Rule one, Rule other, Agent agent, Target target) {
        return one.isAbout(agent)
                && other.isAbout(agent)
                && one.names(target)
                && other.names(target)
                && Glob.all(target.actions()).stream()
                        .anyMatch(offered -> one.actions().stream()
                                .filter(own -> meet(own, offered))
                                .anyMatch(own -> other.actions().stream()
                                        .anyMatch(others -> meet(others, offered) && meet(own, others))));
    }
}
