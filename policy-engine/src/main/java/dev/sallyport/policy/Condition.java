package dev.sallyport.policy;

import dev.cel.bundle.Cel;
import dev.cel.bundle.CelFactory;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelIssue;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.CelVarDecl;
import dev.cel.common.types.SimpleType;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.Program;
import dev.sallyport.core.Invalid;
import dev.sallyport.policy.Predicate.Atom;
import dev.sallyport.policy.Predicate.Check;
import dev.sallyport.policy.Vocabulary.Facts;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The {@code when} of a policy, compiled: a boolean expression in CEL, bounded by {@link ConditionBounds}.
 *
 * <p>CEL stays inside this class and its two neighbours.
 */
final class Condition {

    private static final int MAX_BYTES = 4096;

    private static final Cel CEL = CelFactory.plannerCelBuilder()
            .setOptions(CelOptions.current()
                    .enableHeterogeneousNumericComparisons(true)
                    .enableHiddenAccumulatorVar(true)
                    .populateMacroCalls(true)
                    .comprehensionMaxIterations(ConditionBounds.MAX_ITERATIONS)
                    .maxRegexProgramSize(ConditionBounds.MAX_PATTERN_SIZE)
                    .build())
            .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
            .addVarDeclarations(Vocabulary.TYPES.entrySet().stream()
                    .map(each -> CelVarDecl.newVarDeclaration(each.getKey(), each.getValue()))
                    .toList())
            .build();

    private static final Program REGEX = regexProgram();

    private final Predicate predicate;
    private final Predicate apart;
    private final boolean aboutAction;
    private final Set<String> claims;
    private final PostureReads posture;

    private Condition(
            Predicate predicate, Predicate apart, boolean aboutAction, Set<String> claims, PostureReads posture) {
        this.predicate = predicate;
        this.apart = apart;
        this.aboutAction = aboutAction;
        this.claims = claims;
        this.posture = posture;
    }

    /** What a condition comes to. */
    enum Outcome {
        TRUE,
        FALSE,
        /** It could not be evaluated, say because a claim that it reads is absent. */
        FAILED;

        static Outcome of(boolean holds) {
            return holds ? TRUE : FALSE;
        }

        Outcome not() {
            return switch (this) {
                case TRUE -> FALSE;
                case FALSE -> TRUE;
                case FAILED -> FAILED;
            };
        }
    }

    /**
     * Compiles a condition.
     *
     * @throws Invalid on {@code when}, with line, column and caret where there is a place to point at
     */
    static Condition of(String text) {
        return of(text, new HashMap<>());
    }

    /**
     * The same as one of many.
     *
     * @param atoms the comparisons of others, by how they are written and what they compare: shared, so that they stay in the cache
     */
    static Condition of(String text, Map<Map.Entry<String, Comparison>, Atom> atoms) {
        CelAbstractSyntaxTree parsed = parsed(text);
        ConditionBounds.check(parsed);
        try {
            CelAbstractSyntaxTree checked = CEL.check(parsed).getAst();
            ConditionBounds.unless(
                    checked.getResultType().equals(SimpleType.BOOL),
                    checked,
                    checked.getExpr(),
                    "must be boolean, and known to be so; it is "
                            + checked.getResultType().name());
            PredicateReader reader = new PredicateReader(parsed, Condition::program, atoms);
            Predicate apart = reader.predicate();
            return new Condition(
                    ConditionReads.loops(parsed) > 1 ? reader.whole() : apart,
                    apart,
                    ConditionReads.action(parsed),
                    Set.copyOf(ConditionReads.claims(parsed)),
                    PostureReads.of(parsed));
        } catch (CelValidationException e) {
            throw invalid(e, text);
        }
    }

    private static Check program(CelAbstractSyntaxTree part) {
        try {
            Program program = CEL.createProgram(CEL.check(part).getAst());
            return new InCel(program);
        } catch (CelValidationException | CelEvaluationException e) {
            throw new Invalid("when", String.valueOf(e.getMessage()));
        }
    }

    /** The claims that it names; see {@link Conditions#claims}. */
    Set<String> claims() {
        return claims;
    }

    /** Whether it can come out differently for different actions of one request. */
    boolean aboutAction() {
        return aboutAction;
    }

    /** Evaluates it, and never throws. */
    Outcome evaluate(Facts facts, String action) {
        return facts.doubt(posture) == null ? predicate.evaluate(facts, action) : Outcome.FAILED;
    }

    /** What it mentions of the agent's posture: where one thing of that can't be relied on, the whole of it fails. */
    PostureReads posture() {
        return posture;
    }

    /** What it is evaluated by. */
    Predicate predicate() {
        return predicate;
    }

    /**
     * The same taken apart. Where it has several loops it may come out otherwise: rounds are counted in each part by itself,
     * not in the whole.
     */
    Predicate apart() {
        return apart;
    }

    /** What only CEL evaluates. */
    private record InCel(Program program) implements Check {

        @Override
        public Outcome evaluate(Facts facts, String action) {
            try {
                Object result = program.eval(name -> Optional.ofNullable(facts.get(name, action)));
                return switch (result) {
                    case Boolean value -> Outcome.of(value);
                    case null, default -> Outcome.FAILED;
                };
            } catch (CelEvaluationException | RuntimeException e) {
                return Outcome.FAILED;
            }
        }

        @Override
        public @Nullable String problem(Facts facts, String action) {
            try {
                Object _ = program.eval(name -> Optional.ofNullable(facts.get(name, action)));
                return null;
            } catch (CelEvaluationException | RuntimeException e) {
                return String.valueOf(e.getMessage()).replaceFirst("^evaluation error[^:]*: ", "");
            }
        }
    }

    /** Why RE2 does not take a regular expression as conditions use it, or null when it does. */
    static @Nullable String regexProblem(String pattern) {
        try {
            REGEX.eval(Map.of("agent.name", "", "action", pattern));
            return null;
        } catch (CelEvaluationException e) {
            return String.valueOf(e.getMessage()).replaceFirst("^evaluation error[^:]*: ", "");
        }
    }

    private static Program regexProgram() {
        try {
            return CEL.createProgram(CEL.compile("agent.name.matches(action)").getAst());
        } catch (CelValidationException | CelEvaluationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static CelAbstractSyntaxTree parsed(String text) {
        Invalid.unless(!text.isBlank(), "when", "must not be blank; leave it out for always");
        Invalid.unless(
                text.getBytes(StandardCharsets.UTF_8).length <= MAX_BYTES, "when", "must be at most 4 KiB of text");
        try {
            return CEL.parse(text).getAst();
        } catch (CelValidationException e) {
            throw invalid(e, text);
        }
    }

    private static Invalid invalid(CelValidationException e, String text) {
        List<CelIssue> issues = e.getErrors();
        CelIssue first = issues.getFirst();
        return ConditionBounds.invalid(
                text,
                first.getSourceLocation().getLine(),
                first.getSourceLocation().getColumn(),
                first.getMessage());
    }
}
