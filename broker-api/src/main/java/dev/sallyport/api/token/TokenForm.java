package dev.sallyport.api.token;

import dev.sallyport.api.token.FormBody.BadForm;
import dev.sallyport.core.Invalid;
import dev.sallyport.core.Refusal;
import dev.sallyport.core.TokenRequest;
import dev.sallyport.core.attest.Evidence;
import dev.sallyport.core.policy.Action;
import dev.sallyport.core.policy.McpTool;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a token request's form says: a request, or the refusal of a form that says nothing clear. */
sealed interface TokenForm {

    /** A request that is well-formed. */
    record Asked(Door door, TokenRequest request) implements TokenForm {}

    /** A form that is not. */
    record Unclear(Refusal refusal) implements TokenForm {}

    /** The parameters that a token request may have; others are ignored (RFC 6749 section 3.2). */
    Set<String> KNOWN = Set.of(
            "grant_type",
            "assertion",
            "client_assertion",
            "client_assertion_type",
            "subject_token",
            "subject_token_type",
            "requested_token_type",
            "actor_token",
            "actor_token_type",
            "audience",
            "resource",
            "scope",
            "authorization_details",
            "client_id");

    Set<String> REPEATABLE = Set.of("resource", "audience");

    /** Long by nature; whoever reads them bounds them. */
    Set<String> EVIDENCE = Arrays.stream(Door.values()).map(Door::parameter).collect(Collectors.toUnmodifiableSet());

    int MAX_VALUE = 4096;

    static TokenForm read(byte[] body, int length, String ip) {
        try {
            return read(FormBody.parse(body, length), ip);
        } catch (BadForm e) {
            return new Unclear(e.refusal());
        } catch (Invalid e) {
            return new Unclear(new Refusal.DetailsRefused(e.field() + ": " + e.reason()));
        }
    }

    private static TokenForm read(FormBody form, String ip) {
        form.parameters().forEach(TokenForm::check);
        Door door = Door.of(form.required("grant_type")).orElse(null);
        if (door == null) {
            return new Unclear(new Refusal.UnsupportedGrant("the grant type is not offered here"));
        }
        Evidence evidence = door.evidence(form);
        checkOnlyEvidence(form, door);
        List<String> resources =
                form.all("resource").stream().filter(each -> !each.isEmpty()).toList();
        if (door == Door.TOKEN_EXCHANGE && form.optional("audience") != null) {
            return new Unclear(new Refusal.TargetRefused("a target is named by resource, not by audience"));
        }
        List<McpTool> tools = AuthorizationDetails.read(form.optional("authorization_details"), resources);
        List<String> actions = actions(form.optional("scope"), tools);
        return new Asked(door, new TokenRequest(evidence, resources, actions, tools, form.optional("client_id"), ip));
    }

    /** Evidence that would not be looked at must not seem to have been. */
    private static void checkOnlyEvidence(FormBody form, Door door) {
        for (Door other : Door.values()) {
            if (other != door && form.optional(other.parameter()) != null) {
                throw new BadForm(other.parameter(), "the evidence of this grant type is " + door.parameter());
            }
        }
    }

    private static void check(String name, List<String> values) {
        if (values.size() > 1 && !REPEATABLE.contains(name)) {
            throw new BadForm(name, "it is given more than once");
        }
        if (!EVIDENCE.contains(name) && KNOWN.contains(name)) {
            values.forEach(value -> {
                if (value.length() > MAX_VALUE) {
                    throw new BadForm(name, "it is longer than " + MAX_VALUE + " characters");
                }
            });
        }
    }

    /** Each action once, in the order in which they are asked for (RFC 6749 section 3.3), those of the tools last. */
    private static List<String> actions(@Nullable String scope, List<McpTool> tools) {
        Stream<String> named = scope == null ? Stream.empty() : Arrays.stream(scope.split(" "));
        List<String> actions = Stream.concat(
                        named.filter(each -> !each.isEmpty()), tools.stream().map(McpTool::action))
                .distinct()
                .toList();
        if (actions.size() > Action.MAX_REQUESTED) {
            throw new BadForm("scope", "it names more than " + Action.MAX_REQUESTED + " actions");
        }
        return actions;
    }
}
