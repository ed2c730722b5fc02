package dev.sallyport.attestation;

import com.nimbusds.jose.util.JSONObjectUtils;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.text.ParseException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one OIDC-shaped platform: data in {@code profiles/<type>.json}, not code.
 *
 * @param type the trust provider type
 * @param issuer the issuer of documents that name none; null where there is no such thing
 * @param shared issuers that sign for everybody, each with the claims of which one must be pinned
 * @param claims the claims that are always kept
 * @param identity those of them that name the workload and are never given to another one
 * @param typ the {@code typ} header values that its tokens have, in lower case; a token without one passes as well
 */
record Profile(
        String type,
        @Nullable String issuer,
        Map<String, List<String>> shared,
        Map<String, Source> claims,
        List<String> identity,
        Set<String> typ) {

    /**
     * Where a claim stands in a token, and what it is.
     *
     * @param at a name or a JSON Pointer
     * @param shape what the platform says it is
     */
    record Source(String at, Shape shape) {

        /** In a profile a claim is a shape, or an object with {@code at} and {@code shape} where the token nests it. */
        private static Source of(String name, Map<String, Object> claims) throws ParseException {
            if (claims.get(name) instanceof String shape) {
                return new Source(name, Shape.named(shape));
            }
            Map<String, Object> nested = JSONObjectUtils.getJSONObject(claims, name);
            return new Source(
                    JSONObjectUtils.getString(nested, "at"), Shape.named(JSONObjectUtils.getString(nested, "shape")));
        }
    }

    /**
     * Finds a claim by the name that documents have for it: the profile's own, or the token's.
     *
     * @param field the document's field that holds the name, for a complaint
     */
    ClaimName claim(String field, String name) {
        Source source = claims.get(name);
        return source == null
                ? ClaimName.of(field, name)
                : ClaimName.of(field, source.at()).calledHere(name);
    }

    /** Reads a profile that ships with the module; a missing or malformed one is a defect of the build. */
    static Profile read(String type) {
        try (InputStream file = Profile.class.getResourceAsStream("profiles/" + type + ".json")) {
            if (file == null) {
                throw new IllegalStateException("there is no profile " + type);
            }
            return of(Json.object(file.readAllBytes()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ParseException | IllegalArgumentException e) {
            throw new IllegalStateException("profile " + type + " is malformed", e);
        }
    }

    private static Profile of(Map<String, Object> json) throws ParseException {
        Map<String, Object> sharedJson = JSONObjectUtils.getJSONObject(json, "shared");
        Map<String, List<String>> shared = new TreeMap<>();
        for (String issuer : sharedJson.keySet()) {
            shared.put(issuer, texts(sharedJson, issuer));
        }
        Map<String, Object> claimsJson = JSONObjectUtils.getJSONObject(json, "claims");
        Map<String, Source> claims = new LinkedHashMap<>();
        for (String name : claimsJson.keySet()) {
            claims.put(name, Source.of(name, claimsJson));
        }
        return new Profile(
                JSONObjectUtils.getString(json, "type"),
                JSONObjectUtils.getString(json, "issuer"),
                shared,
                claims,
                texts(json, "identity"),
                texts(json, "typ").stream().map(HeaderRule::plain).collect(Collectors.toUnmodifiableSet()));
    }

    private static List<String> texts(Map<String, Object> json, String name) throws ParseException {
        return List.copyOf(Arrays.asList(JSONObjectUtils.getStringArray(json, name)));
    }
}
