package dev.sallyport.attestation;

import dev.sallyport.core.Invalid;
import dev.sallyport.core.attest.Check;
import dev.sallyport.core.attest.JwtEvidence;
import dev.sallyport.core.attest.Verdict.Rejected;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The audiences that mark a token as meant for the broker: every one of a token's must be among them.
 *
 * <p>A token that is also meant for somebody else could have been stolen there.
 *
 * @param accepted accepted of all evidence
 * @param endpoint the token endpoint's URL: accepted of a grant only (RFC 7523 section 3). A client that authenticates must
 *     address the issuer, as the successor draft of RFC 7523 says, so that its assertion works at no other server
 */
record Audiences(Set<String> accepted, String endpoint) implements Rule {

    /**
     * The broker's own (its issuer, with or without a slash, and its token endpoint) and those of the document.
     *
     * @param unavoidable foreign ones that the platform gives its tokens whatever their purpose: accepted if the document
     *     names them
     */
    static Audiences of(String issuer, List<String> configured, List<String> unavoidable) {
        checkNotForeign(configured, unavoidable);
        String own = Urls.withoutSlash(issuer);
        Set<String> accepted = new HashSet<>(configured);
        accepted.addAll(List.of(own, own + "/"));
        String endpoint = own + "/oauth2/token";
        accepted.remove(endpoint);
        return new Audiences(Set.copyOf(accepted), endpoint);
    }

    /** Throws {@link Invalid} for the audience of another service. */
    static void checkNotForeign(List<String> configured, List<String> unavoidable) {
        for (int i = 0; i < configured.size(); i++) {
            Invalid.unless(
                    unavoidable.contains(configured.get(i))
                            || !ForeignAudiences.shipped().contains(configured.get(i)),
                    "audiences[" + i + "]",
                    "belongs to another service, whose tokens must not work here");
        }
    }

    /** All that a token may be for, sorted. */
    List<String> all(JwtEvidence.Use use) {
        Set<String> all = new TreeSet<>(accepted);
        if (use == JwtEvidence.Use.GRANT) {
            all.add(endpoint);
        }
        return List.copyOf(all);
    }

    @Override
    public @Nullable Rejected broken(JwtEvidence jwt, Instant now) {
        return switch (jwt.claim("aud")) {
            case String one when accepts(one, jwt.use()) -> null;
            case String _ -> rejected("the token's audience is not accepted here");
            case List<?> none when none.isEmpty() -> rejected("the token has no audience");
            case List<?> all when all.stream().allMatch(each -> accepts(each, jwt.use())) -> null;
            case List<?> _ -> rejected("one of the token's audiences is not accepted here");
            case null -> rejected("the token has no aud claim");
            default -> rejected("the token's aud claim is not a string or a list of strings");
        };
    }

    private boolean accepts(@Nullable Object audience, JwtEvidence.Use use) {
        return audience instanceof String text
                && (accepted.contains(text) || (use == JwtEvidence.Use.GRANT && text.equals(endpoint)));
    }

    private static Rejected rejected(String detail) {
        return new Rejected(Check.AUDIENCE, detail);
    }
}
