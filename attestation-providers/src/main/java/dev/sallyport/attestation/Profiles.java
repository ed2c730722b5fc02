package dev.sallyport.attestation;

import dev.sallyport.core.Invalid;
import dev.sallyport.core.attest.TrustProvider;
import dev.sallyport.core.directory.ResourceUri;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** All platforms that are known, and what they say of each other's issuers. */
final class Profiles {

    private static final Profiles SHIPPED = new Profiles(ProfileFolder.read());

    private final SortedMap<String, Profile> byType = new TreeMap<>();

    Profiles(Collection<Profile> profiles) {
        profiles.forEach(profile -> byType.put(profile.type(), profile));
    }

    /** Those that ship with the module. */
    static Profiles shipped() {
        return SHIPPED;
    }

    Set<String> types() {
        return Collections.unmodifiableSet(byType.keySet());
    }

    Optional<Profile> find(String type) {
        return Optional.ofNullable(byType.get(type));
    }

    /**
     * Checks that an issuer is one of the type's, and that the document says whose workloads it means.
     *
     * <p>An issuer over plain http is no platform's own but somebody's stand-in for it, and may look as it likes.
     *
     * @return the profile to go by with this issuer
     * @throws Invalid with the field
     */
    Profile checked(Profile profile, TrustProvider document, String trusted) {
        String canonical = canonical(trusted);
        IssuerTemplate own = canonical.startsWith("http:") ? null : ownTemplate(profile, trusted);
        if (own != null && own.recognisable()) {
            checkOwnerPin(profile, document, owners(profile, own).toList());
            return profile;
        }
        Invalid.unless(
                !document.vouchesForPeople()
                        || byType.values().stream().noneMatch(each -> template(each, canonical) != null),
                "issuer",
                "signs for workloads, or for everybody: it does not say who of the organisation's people is meant");
        Profile effective = profile;
        List<Owner> owners = new ArrayList<>();
        for (Profile each : byType.values()) {
            IssuerTemplate template = template(each, canonical);
            if (template != null) {
                boolean same = each.type().equals(profile.type());
                effective = effective.distrusting(each.untrusted());
                owners(each, template)
                        .map(owner -> same ? owner : owner.seenFromElsewhere())
                        .forEach(owners::add);
            }
        }
        checkOwnerPin(effective, document, owners);
        return effective;
    }

    private static IssuerTemplate ownTemplate(Profile profile, String trusted) {
        for (IssuerTemplate template : profile.issuers().keySet()) {
            if (template.exact().matcher(trusted).matches()) {
                return template;
            }
        }
        throw new Invalid(
                "issuer",
                "is none of the type " + profile.type() + ", whose issuers are "
                        + profile.issuers().keySet().stream()
                                .map(IssuerTemplate::text)
                                .collect(Collectors.joining(", ")));
    }

    /** The form of an issuer that can only be the platform's. */
    private static @Nullable IssuerTemplate template(Profile profile, String canonical) {
        for (IssuerTemplate template : profile.issuers().keySet()) {
            if (template.recognisable() && template.loose().matcher(canonical).matches()) {
                return template;
            }
        }
        return null;
    }

    private static Stream<Owner> owners(Profile profile, IssuerTemplate issuer) {
        return profile.issuers().getOrDefault(issuer, List.of()).stream()
                .map(name -> new Owner(name, profile.at(name), profile.claim("require", name)));
    }

    /** Everybody can have a token of a shared issuer, so that its signature alone says nothing. */
    private static void checkOwnerPin(Profile profile, TrustProvider document, List<Owner> owners) {
        Set<List<String>> pinned = document.require().keySet().stream()
                .map(name -> profile.claim("require." + name, name).steps())
                .collect(Collectors.toSet());
        Invalid.unless(
                owners.isEmpty()
                        || owners.stream()
                                .anyMatch(owner -> pinned.contains(owner.claim().steps())),
                "require",
                "must pin one of " + Owner.names(owners) + ", since this issuer signs for everybody");
    }

    /** Whether an issuer of the type signs for everybody. */
    static boolean shared(Profile profile, String issuer) {
        IssuerTemplate template = template(profile, canonical(issuer));
        return template != null
                && !profile.issuers().getOrDefault(template, List.of()).isEmpty();
    }

    static String canonical(String url) {
        return ResourceUri.canonical(url).orElse(url);
    }

    /**
     * A claim that says whose workload it is.
     *
     * @param name what the document's type calls it
     * @param at where it stands, which is what types call it that know nothing of it
     */
    private record Owner(String name, String at, ClaimName claim) {

        Owner seenFromElsewhere() {
            return new Owner(at, at, claim);
        }

        static String names(List<Owner> owners) {
            return owners.stream().map(Owner::name).distinct().collect(Collectors.joining(", "));
        }
    }
}
