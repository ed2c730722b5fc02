package dev.sallyport.api.history;

import dev.sallyport.api.web.Parameters;
import dev.sallyport.core.CanonicalJson;
import dev.sallyport.core.Invalid;
import dev.sallyport.core.Names;
import dev.sallyport.store.IssuanceQuery;
import dev.sallyport.store.Term;
import dev.sallyport.store.Term.Kind;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Which access attempts are asked for: the filters that the list and the counts have in common. */
final class IssuanceFilters {

    /** The names of all filters. */
    static final Set<String> NAMES =
            Set.of("agent", "target", "outcome", "provider", "reason", "subject", "action", "claim", "from", "to");

    /** Those that may be repeated: all of them must hold. */
    static final Set<String> REPEATABLE = Set.of("action", "claim");

    /** Of those that may be repeated, together. */
    private static final int MOST = 8;

    private static final int MAX_TEXT = 2_000;
    private static final Set<String> OUTCOMES = Set.of("issued", "refused");
    private static final Pattern REASON = Pattern.compile("[a-z]{1,63}");

    /** Years of four digits, which is what ISO 8601 has and the database can hold. */
    private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");

    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59.999999Z");

    private IssuanceFilters() {}

    /** Reads them; throws {@link Invalid} with the name of one that breaks a rule. */
    static IssuanceQuery query(Parameters given) {
        Instant from = instant("from", given);
        Instant to = instant("to", given);
        Invalid.unless(from == null || to == null || from.isBefore(to), "to", "must be after from");
        return new IssuanceQuery(terms(given), from, to);
    }

    private static List<Term> terms(Parameters given) {
        List<Term> terms = new ArrayList<>();
        given.texts("claim").forEach(claim -> terms.add(claim(claim)));
        given.texts("action").forEach(action -> terms.add(new Term(Kind.ACTION, text("action", action))));
        if (terms.size() > MOST) {
            throw new Invalid(
                    given.texts("claim").size() > MOST ? "claim" : "action",
                    "is one too many: at most " + MOST + " actions and claims together");
        }
        given.text("subject").ifPresent(subject -> terms.add(new Term(Kind.SUBJECT, text("subject", subject))));
        given.text("agent").ifPresent(agent -> terms.add(new Term(Kind.AGENT, name("agent", agent))));
        given.text("target").ifPresent(target -> terms.add(new Term(Kind.TARGET, name("target", target))));
        given.text("provider").ifPresent(provider -> terms.add(new Term(Kind.PROVIDER, name("provider", provider))));
        given.text("reason").ifPresent(reason -> terms.add(new Term(Kind.REASON, reason(reason))));
        given.text("outcome").ifPresent(outcome -> terms.add(new Term(Kind.OUTCOME, outcome(outcome))));
        return terms;
    }

    /** The name ends at the first {@code =}; the value may hold more of them, and may be empty. */
    private static Term claim(String text) {
        int end = text.indexOf('=');
        Invalid.unless(end > 0, "claim", "must be name=value");
        text("claim", text);
        return Term.claim(text.substring(0, end), text.substring(end + 1));
    }

    private static String text(String parameter, String text) {
        Invalid.unless(
                !text.isEmpty() && text.length() <= MAX_TEXT, parameter, "must have 1 to " + MAX_TEXT + " characters");
        return text;
    }

    static String name(String parameter, String name) {
        Names.check(parameter, name);
        return name;
    }

    private static String reason(String reason) {
        Invalid.unless(REASON.matcher(reason).matches(), "reason", "must be a reason such as target");
        return reason;
    }

    private static String outcome(String outcome) {
        Invalid.unless(OUTCOMES.contains(outcome), "outcome", "must be issued or refused");
        return outcome;
    }

    /** The time that a parameter gives; throws {@link Invalid} where it gives none that can be. */
    static @Nullable Instant instant(String parameter, Parameters given) {
        String value = given.text(parameter).orElse(null);
        if (value == null) {
            return null;
        }
        try {
            Instant instant = Instant.parse(value);
            Invalid.unless(
                    !instant.isBefore(EARLIEST) && !instant.isAfter(LATEST),
                    parameter,
                    "must be a year from 1 to 9999");
            return instant;
        } catch (DateTimeException e) {
            throw new Invalid(parameter, "must be an ISO 8601 instant such as 2026-05-01T12:00:00Z");
        }
    }

    /** The filters as text, the same in whatever order they are given: what a list's cursors hold for. */
    static String scope(String list, Set<String> filters, Parameters given) {
        Map<String, Object> values = new TreeMap<>();
        for (String name : filters) {
            List<String> texts = given.texts(name).stream().sorted().toList();
            if (!texts.isEmpty()) {
                values.put(name, texts);
            }
        }
        return list + " " + CanonicalJson.text(values);
    }
}
