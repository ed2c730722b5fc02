package dev.sallyport.api.token;

import dev.sallyport.api.token.FormBody.BadForm;
import dev.sallyport.core.Refusal;
import dev.sallyport.core.TokenRequest;
import dev.sallyport.core.attest.Evidence;
import dev.sallyport.core.policy.Action;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a token request's form says: a request, or the refusal of a form that says nothing clear. */
sealed interface TokenForm {

    /** A request that is well-formed. */
    record Asked(TokenRequest request) implements TokenForm {}

    /** A form that is not. */
    record Unclear(Refusal refusal) implements TokenForm {}

    /** The parameters that a token request may have; others are ignored (RFC 6749 section 3.2). */
    Set<String> KNOWN = Set.of("grant_type", "assertion", "resource", "scope", "client_id");

    Set<String> REPEATABLE = Set.of("resource");

    int MAX_VALUE = 4096;

    static TokenForm read(byte[] body, int length, String ip) {
        try {
            return read(FormBody.parse(body, length), ip);
        } catch (BadForm e) {
            return new Unclear(e.refusal());
        }
    }

    private static TokenForm read(FormBody form, String ip) {
        form.parameters().forEach(TokenForm::check);
        String grantType = required(form, "grant_type");
        if (!grantType.equals(Door.JWT_BEARER.grantType())) {
            return new Unclear(new Refusal.UnsupportedGrant("the grant type is not offered here"));
        }
        Evidence evidence = Evidence.jwt(required(form, "assertion"));
        List<String> resources =
                form.all("resource").stream().filter(each -> !each.isEmpty()).toList();
        return new Asked(new TokenRequest(
                evidence, resources, actions(optional(form, "scope")), optional(form, "client_id"), ip));
    }

    private static void check(String name, List<String> values) {
        if (values.size() > 1 && !REPEATABLE.contains(name)) {
            throw new BadForm(name, "it is given more than once");
        }
        if (!name.equals("assertion") && KNOWN.contains(name)) {
            values.forEach(value -> {
                if (value.length() > MAX_VALUE) {
                    throw new BadForm(name, "it is longer than " + MAX_VALUE + " characters");
                }
            });
        }
    }

    private static @Nullable String optional(FormBody form, String name) {
        List<String> values = form.all(name);
        return values.isEmpty() || values.getFirst().isEmpty() ? null : values.getFirst();
    }

    private static String required(FormBody form, String name) {
        String value = optional(form, name);
        if (value == null) {
            throw new BadForm(name, "it is missing");
        }
        return value;
    }

    /** Each action once, in the order in which they are asked for (RFC 6749 section 3.3). */
    private static List<String> actions(@Nullable String scope) {
        if (scope == null || scope.isBlank()) {
            return List.of();
        }
        List<String> actions = Arrays.stream(scope.split(" "))
                .filter(each -> !each.isEmpty())
                .distinct()
                .collect(Collectors.toList());
        if (actions.size() > Action.MAX_REQUESTED) {
            throw new BadForm("scope", "it names more than " + Action.MAX_REQUESTED + " actions");
        }
        return actions;
    }
}
