package dev.sallyport.attestation;

import com.nimbusds.jose.util.JSONObjectUtils;
import dev.sallyport.attestation.Profile.Source;
import dev.sallyport.core.Invalid;
import java.text.ParseException;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads a {@link Profile} from its file; one that breaks a rule is a defect of the build. */
final class ProfileFile {

    private static final Set<String> MEMBERS = Set.of(
            "type",
            "issuer",
            "issuers",
            "claims",
            "identity",
            "names",
            "requires",
            "untrusted",
            "audiences",
            "open",
            "typ");

    private ProfileFile() {}

    static Profile read(String type, byte[] utf8) {
        try {
            Profile profile = of(Json.object(utf8));
            check(type, profile);
            return profile;
        } catch (ParseException | IllegalArgumentException | Invalid e) {
            throw new IllegalStateException("profile " + type + " is malformed", e);
        }
    }

    private static Profile of(Map<String, Object> json) throws ParseException {
        Set<String> unknown = new TreeSet<>(json.keySet());
        unknown.removeAll(MEMBERS);
        if (!unknown.isEmpty()) {
            throw new ParseException("has unknown members " + unknown, 0);
        }
        return new Profile(
                JSONObjectUtils.getString(json, "type"),
                JSONObjectUtils.getString(json, "issuer"),
                issuers(object(json, "issuers")),
                claims(object(json, "claims")),
                texts(json, "identity"),
                names(json),
                texts(json, "requires"),
                texts(json, "untrusted").stream()
                        .map(place -> ClaimName.of("untrusted", place))
                        .toList(),
                texts(json, "audiences"),
                json.containsKey("open") && JSONObjectUtils.getBoolean(json, "open"),
                texts(json, "typ").stream().map(HeaderRule::plain).collect(Collectors.toUnmodifiableSet()));
    }

    private static Map<IssuerTemplate, List<String>> issuers(Map<String, Object> json) throws ParseException {
        Map<IssuerTemplate, List<String>> issuers = new LinkedHashMap<>();
        for (String template : json.keySet()) {
            issuers.put(IssuerTemplate.of(template), texts(json, template));
        }
        return Collections.unmodifiableMap(issuers);
    }

    private static Map<String, Source> claims(Map<String, Object> json) throws ParseException {
        Map<String, Source> claims = new LinkedHashMap<>();
        for (String name : json.keySet()) {
            claims.put(name, source(name, json));
        }
        return Collections.unmodifiableMap(claims);
    }

    private static Map<String, List<String>> names(Map<String, Object> json) throws ParseException {
        if (!json.containsKey("names")) {
            return Map.of();
        }
        Map<String, List<String>> names = new TreeMap<>();
        Map<String, Object> given = object(json, "names");
        for (String name : given.keySet()) {
            names.put(name, texts(given, name));
        }
        return Collections.unmodifiableMap(names);
    }

    /** A claim is a shape, or an object with {@code at} and {@code shape} where the token nests it. */
    private static Source source(String name, Map<String, Object> claims) throws ParseException {
        if (claims.get(name) instanceof String shape) {
            return new Source(name, Shape.named(shape));
        }
        Map<String, Object> nested = object(claims, name);
        return new Source(
                JSONObjectUtils.getString(nested, "at"), Shape.named(JSONObjectUtils.getString(nested, "shape")));
    }

    private static Map<String, Object> object(Map<String, Object> json, String name) throws ParseException {
        @Nullable Map<String, Object> object = JSONObjectUtils.getJSONObject(json, name);
        if (object == null) {
            throw new ParseException("has no " + name, 0);
        }
        return object;
    }

    private static List<String> texts(Map<String, Object> json, String name) throws ParseException {
        return json.containsKey(name)
                ? List.copyOf(Arrays.asList(JSONObjectUtils.getStringArray(json, name)))
                : List.of();
    }

    private static void check(String type, Profile profile) throws ParseException {
        if (!type.equals(profile.type())) {
            throw new ParseException("is called " + profile.type(), 0);
        }
        if (profile.identity().isEmpty() || !profile.claims().keySet().containsAll(profile.identity())) {
            throw new ParseException("has an identity that is not among its claims, or none", 0);
        }
        for (Map.Entry<String, List<String>> name : profile.names().entrySet()) {
            if (!profile.claims().containsKey(name.getKey())
                    || name.getValue().isEmpty()
                    || !profile.identity().containsAll(name.getValue())) {
                throw new ParseException("says of " + name.getKey() + " what is not in its identity", 0);
            }
        }
        if (!profile.claims().keySet().containsAll(profile.requires())) {
            throw new ParseException("requires what is not among its claims", 0);
        }
        for (Map.Entry<String, Source> claim : profile.claims().entrySet()) {
            boolean many = claim.getKey().endsWith(Profile.MANY);
            if (many != Objects.requireNonNull(claim.getValue().at()).endsWith(Profile.MANY)) {
                throw new ParseException(claim.getKey() + " stands for many, or its place does, but not both", 0);
            }
            profile.claim(claim.getKey(), claim.getKey());
        }
    }
}
