package dev.sallyport.policy;

/** A condition that excludes nothing. */
record AlwaysTrue() implements LintRule.OfConditions {

    @Override
    public String code() {
        return "always-true";
    }

    @Override
    public void check(Examined policy, Condition condition, Premises premises, Report.Of report) {
        Alternatives contrary = Alternatives.of(condition.apart(), false);
        if (contrary.complete()
                && contrary.each().stream()
                        .allMatch(literals -> Contradiction.in(literals).isPresent())) {
            report.condition(
                    policy.policy(),
                    contrary.each().getFirst().getFirst().atom(),
                    "The condition is true whatever it reads, so that it excludes nothing: join the comparisons with && where"
                            + " all of them are meant, or leave the condition out.");
        }
    }
}
