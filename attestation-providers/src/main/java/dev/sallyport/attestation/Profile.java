package dev.sallyport.attestation;

import dev.sallyport.core.Invalid;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one OIDC-shaped platform: data in {@code profiles/<type>.json}, not code.
 *
 * @param type the trust provider type
 * @param issuer the issuer of documents that name none; null where there is no such thing
 * @param issuers the issuers that the platform has, the first that matches counts; each with the claims of which one must
 *     be pinned to say whose workloads are meant, none where the issuer says it
 * @param claims the claims that are always kept; one whose name ends with a star stands for many, of which those are kept
 *     that something names
 * @param identity those of them that name the workload, and that nobody else's can come to have
 * @param names those that name it by something that can change hands, each with those of {@code identity} that say the same
 *     for good
 * @param requires those of them that every token of the type has; one without is another kind of token
 * @param untrusted places whose values whoever asks for the token chooses, so that nothing may depend on them
 * @param audiences audiences that the platform gives its tokens and that nobody can change, though another service takes
 *     them
 * @param open whether tokens may have further claims, of the customer's making
 * @param typ the {@code typ} header values that its tokens have, in lower case; a token without one passes as well
 */
record Profile(
        String type,
        @Nullable String issuer,
        Map<IssuerTemplate, List<String>> issuers,
        Map<String, Source> claims,
        List<String> identity,
        Map<String, List<String>> names,
        List<String> requires,
        List<ClaimName> untrusted,
        List<String> audiences,
        boolean open,
        Set<String> typ) {

    /** Ends the name of a claim that stands for many, and the place of them. */
    static final String MANY = "*";

    /**
     * Where a claim stands in a token, and what it is.
     *
     * @param at a name or a JSON Pointer
     * @param shape what the platform says it is
     */
    record Source(String at, Shape shape) {

        /** The one of many whose name ends with this. */
        private Source named(String rest) {
            String prefix = at.substring(0, at.length() - MANY.length());
            boolean pointer = at.charAt(0) == '/';
            return new Source(prefix + (pointer ? rest.replace("~", "~0").replace("/", "~1") : rest), shape);
        }
    }

    /** The same, where the issuer is also one of another platform's. */
    Profile distrusting(List<ClaimName> further) {
        List<ClaimName> all = new ArrayList<>(untrusted);
        all.addAll(further);
        return new Profile(
                type, issuer, issuers, claims, identity, names, requires, List.copyOf(all), audiences, open, typ);
    }

    /**
     * Finds a claim by the name that documents have for it: the profile's own, or the token's.
     *
     * @param field the document's field that holds the name, for a complaint
     * @throws Invalid where nothing may depend on it
     */
    ClaimName claim(String field, String name) {
        ClaimName found = place(field, name);
        Invalid.unless(
                untrusted.stream().noneMatch(found::within),
                field,
                "is a claim that whoever asks for the token chooses, so that it proves nothing");
        return found;
    }

    /** Whether a claim's value is chosen by whoever asks for the token. */
    boolean distrusts(String name) {
        return untrusted.stream().anyMatch(place(name, name)::within);
    }

    /** What the platform says that a claim is; null where it says nothing. */
    @Nullable
    Shape shape(String name) {
        Source source = source(name);
        return source == null ? null : source.shape();
    }

    /** Where tokens have a claim of the profile: a name or a JSON Pointer. */
    String at(String name) {
        Source source = source(name);
        return source == null ? name : source.at();
    }

    /** The names of the claims that are always kept. */
    List<String> kept() {
        return claims.keySet().stream().filter(name -> !name.endsWith(MANY)).toList();
    }

    private ClaimName place(String field, String name) {
        Source source = source(name);
        return source == null
                ? ClaimName.of(field, name)
                : ClaimName.of(field, source.at()).calledHere(name);
    }

    private @Nullable Source source(String name) {
        Source exact = claims.get(name);
        if (exact != null || name.endsWith(MANY)) {
            return exact;
        }
        for (Map.Entry<String, Source> each : claims.entrySet()) {
            String prefix = prefixOfMany(each.getKey());
            if (prefix != null && name.length() > prefix.length() && name.startsWith(prefix)) {
                return each.getValue().named(name.substring(prefix.length()));
            }
        }
        return null;
    }

    /** How the names of the many begin for which a claim's name stands; null where it stands for one. */
    static @Nullable String prefixOfMany(String name) {
        return name.endsWith(MANY) ? name.substring(0, name.length() - MANY.length()) : null;
    }
}
