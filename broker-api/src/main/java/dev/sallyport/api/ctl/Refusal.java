package dev.sallyport.api.ctl;

import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Turns what a broker refuses into one line, and the exit code that goes with it. */
final class Refusal {

    private static final int BAD_REQUEST = 400;
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int CONFLICT = 409;
    private static final int PRECONDITION_FAILED = 412;
    private static final int BUSY = 429;
    private static final int FAULT = 500;
    private static final Pattern SCOPE = Pattern.compile("\\bscope=\"([^\"]{1,1000})\"");

    /** Errors about what was asked for; others are about who asked. */
    private static final Set<String> DENIED =
            Set.of("invalid_target", "invalid_scope", "invalid_authorization_details");

    private Refusal() {}

    /** Of the API (RFC 9457). */
    static Failure of(Answer answer) {
        String said = said(answer);
        return switch (answer.status()) {
            case UNAUTHORIZED ->
                Failure.notAuthorised("the token does not count (any more): " + said
                        + "; get a new one: eval \"$(./broker ctl login)\"");
            case FORBIDDEN ->
                Failure.notAuthorised(needed(answer)
                        .map(scopes -> "the token lacks a scope that this needs: " + scopes)
                        .orElse(said));
            case PRECONDITION_FAILED -> Failure.negative("somebody has changed it in between; look again: " + said);
            case CONFLICT -> Failure.negative(said + referring(answer.json().path("referencedBy")));
            default ->
                answer.status() >= FAULT || answer.status() == BUSY || answer.status() < BAD_REQUEST
                        ? Failure.outOfReach("the broker answered " + answer.status() + ": " + said)
                        : Failure.badInput(said);
        };
    }

    /** The scopes that a challenge asks for (RFC 6750 section 3). */
    static Optional<String> needed(Answer answer) {
        Matcher scope = SCOPE.matcher(answer.header("WWW-Authenticate").orElse(""));
        return answer.status() == FORBIDDEN && scope.find() ? Optional.of(scope.group(1)) : Optional.empty();
    }

    /** Of the token endpoint (RFC 6749 section 5.2). */
    static Failure ofToken(Answer answer) {
        JsonNode body = answer.json();
        String error = Table.plain(body.path("error").asString(""));
        if (error.isEmpty()) {
            return Failure.outOfReach("the token endpoint answered " + answer.status());
        }
        String description = Table.plain(body.path("error_description").asString(""));
        String line = error + (description.isEmpty() ? "" : ": " + description);
        if (answer.status() >= FAULT || answer.status() == BUSY) {
            return Failure.outOfReach(line);
        }
        return DENIED.contains(error) ? Failure.negative(line) : Failure.notAuthorised(line);
    }

    private static String said(Answer answer) {
        JsonNode problem = answer.json();
        String field = problem.path("field").asString("");
        String reason = problem.path("reason").asString("");
        if (!reason.isEmpty()) {
            return Table.plain((field.isEmpty() ? "" : field + ": ") + reason);
        }
        String detail = problem.path("detail").asString(problem.path("title").asString(""));
        return detail.isEmpty() ? "status " + answer.status() : Table.plain(detail);
    }

    private static String referring(JsonNode documents) {
        StringBuilder names = new StringBuilder();
        for (JsonNode each : documents) {
            String name = each.isString()
                    ? each.asString()
                    : each.path("kind").asString("") + " " + each.path("name").asString("");
            names.append(names.isEmpty() ? ": " : ", ").append(Table.plain(name));
        }
        return names.toString();
    }
}
