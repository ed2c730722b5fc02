package dev.sallyport.policy;

import dev.sallyport.core.directory.Agent;
import java.util.List;

/** A binding by a pattern of {@code sub} at an issuer that signs for everybody. */
record WildcardSubject() implements LintRule.OfAgents {

    @Override
    public String code() {
        return "wildcard-subject";
    }

    @Override
    public void check(Agent agent, List<Bound> bindings, Report.Of report) {
        for (Bound bound : bindings) {
            String pattern = bound.binding().match().get("sub");
            if (pattern != null
                    && pattern.contains("*")
                    && bound.platform().shared()
                    && bound.platform().identity().stream().noneMatch(id -> pinned(bound, id))) {
                report.binding(
                        agent.name(),
                        bound.field("sub"),
                        bound.provider().name(),
                        "This issuer signs for everybody, and the pattern lets in whoever finds a matching name: match "
                                + String.join(
                                        " or ",
                                        bound.platform().identity().stream()
                                                .sorted()
                                                .toList())
                                + " as well.");
            }
        }
    }

    private static boolean pinned(Bound bound, String id) {
        String pattern = bound.binding().match().get(id);
        return pattern != null && !pattern.contains("*");
    }
}
