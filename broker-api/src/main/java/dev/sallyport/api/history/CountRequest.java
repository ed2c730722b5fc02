package dev.sallyport.api.history;

import dev.sallyport.api.web.Parameters;
import dev.sallyport.core.Invalid;
import dev.sallyport.store.GroupBy;
import dev.sallyport.store.GroupBy.Kind;
import dev.sallyport.store.IssuanceQuery;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.web.servlet.function.ServerRequest;

/**
 * What is to be counted, and by what.
 *
 * @param names what it is counted by, as it was asked for
 * @param query has both bounds of time
 */
record CountRequest(List<String> names, List<GroupBy> by, IssuanceQuery query) {

    private static final String BY = "by";
    private static final String CLAIM = "claim:";
    private static final int MOST = 3;
    private static final int MAX_CLAIM = 200;
    private static final Duration FOR_DAYS = Duration.ofDays(30);
    private static final Duration OTHERWISE = Duration.ofHours(24);
    private static final Set<String> KNOWN =
            Stream.concat(IssuanceFilters.NAMES.stream(), Stream.of(BY)).collect(Collectors.toSet());
    private static final Set<String> REPEATABLE =
            Stream.concat(IssuanceFilters.REPEATABLE.stream(), Stream.of(BY)).collect(Collectors.toSet());

    /** Reads the query's parameters; throws {@link Invalid} with the name of one that breaks a rule. */
    static CountRequest of(ServerRequest request, InstantSource clock) {
        Parameters given = Parameters.of(request, KNOWN, REPEATABLE);
        List<String> names = given.texts(BY);
        Invalid.unless(!names.isEmpty() && names.size() <= MOST, BY, "must be given one to three times");
        Invalid.unless(names.stream().distinct().count() == names.size(), BY, "names the same twice");
        List<GroupBy> by = names.stream().map(CountRequest::groupBy).toList();
        return new CountRequest(names, by, bounded(IssuanceFilters.query(given), by, clock));
    }

    private static GroupBy groupBy(String name) {
        if (name.startsWith(CLAIM)) {
            String claim = name.substring(CLAIM.length());
            Invalid.unless(
                    !claim.isEmpty() && claim.length() <= MAX_CLAIM,
                    BY,
                    "must name a claim of 1 to " + MAX_CLAIM + " characters behind " + CLAIM);
            return new GroupBy(Kind.CLAIM, claim);
        }
        return Arrays.stream(Kind.values())
                .filter(kind -> kind != Kind.CLAIM
                        && kind.name().toLowerCase(Locale.ROOT).equals(name))
                .findFirst()
                .map(kind -> new GroupBy(kind, null))
                .orElseThrow(() -> new Invalid(
                        BY,
                        "must be hour, day, agent, target, outcome, reason, provider, action, or claim: and a name"));
    }

    /** Without {@code to} it ends now; without {@code from} it begins a day before its end, or 30 where days are counted. */
    private static IssuanceQuery bounded(IssuanceQuery query, List<GroupBy> by, InstantSource clock) {
        Instant to = Objects.requireNonNullElseGet(query.to(), clock::instant);
        boolean days = by.stream().anyMatch(each -> each.kind() == Kind.DAY);
        Instant from = Objects.requireNonNullElse(query.from(), to.minus(days ? FOR_DAYS : OTHERWISE));
        Invalid.unless(from.isBefore(to), "from", "must be before now, or before to");
        return new IssuanceQuery(query.terms(), from, to);
    }
}
