package dev.sallyport.core.attest;

import dev.sallyport.core.Invalid;
import dev.sallyport.core.Named;
import dev.sallyport.core.Names;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The document of a trust provider: a configured root that can vouch for workloads.
 *
 * @param name its name, {@code [a-z0-9][a-z0-9-]{0,62}}
 * @param type the kind of evidence, such as {@code github-actions} or {@code oidc}
 * @param issuer the {@code iss} of its tokens; null where the type has one of its own
 * @param audiences audiences accepted besides the broker's own
 * @param keys where its verification keys come from; by default OpenID discovery
 * @param require pins that every token must meet: a claim must equal one of the values
 * @param claims names of further claims to keep, for types that do not list theirs
 * @param trustDomain the SPIFFE trust domain, for the type that is known by one instead of an issuer
 * @param bindProof whether evidence is bound to a key of its holder; null for off
 * @param maxTtlBeyondEvidence how long a token may outlast the evidence; null for not at all
 * @param accounts the AWS accounts whose documents are accepted; for AWS documents, which need it
 * @param regions the AWS regions whose documents are accepted; all where it is null
 * @param subscriptions the Azure subscriptions whose documents are accepted; for Azure documents, which need it
 * @param cloud the Azure cloud that signs them; by default the public one
 * @param fetchIntermediates whether a certificate that an Azure document lacks may be fetched from Microsoft; by default it may
 * @param instances machines and the only key of each
 * @param confirm whether AWS is asked whether the machine exists when its key is first seen
 * @param tofu whether the first key that shows a young document of a machine is believed to be the machine's
 * @param maxAge how long after {@code pendingTime} a machine's key may be seen first; how long ago a person may have logged in
 * @param review the cluster that is asked about each token; null where none is
 */
public record TrustProvider(
        String name,
        String type,
        @Nullable String issuer,
        List<String> audiences,
        Keys keys,
        Map<String, List<String>> require,
        List<String> claims,
        @Nullable String trustDomain,
        @Nullable BindProof bindProof,
        @Nullable Duration maxTtlBeyondEvidence,
        @Nullable List<String> accounts,
        @Nullable List<String> regions,
        @Nullable List<String> subscriptions,
        @Nullable String cloud,
        @Nullable Boolean fetchIntermediates,
        @Nullable List<Instance> instances,
        @Nullable Boolean confirm,
        @Nullable Boolean tofu,
        @Nullable Duration maxAge,
        @Nullable Review review)
        implements Named {

    /** The one type whose evidence is about people: it never proves a workload, and no other proves a person. */
    public static final String WORKFORCE = "workforce";

    /** No token outlasts its evidence by more. */
    public static final Duration MAX_BEYOND = Duration.ofHours(1);

    /** The longest {@code maxAge} there can be. */
    private static final Duration MAX_AGE = Duration.ofDays(3650);

    public TrustProvider {
        Names.check("name", Objects.requireNonNullElse(name, ""));
        Invalid.unless(type != null && !type.isBlank(), "type", "is missing");
        audiences = audiences == null ? List.of() : List.copyOf(audiences);
        keys = keys == null ? Keys.discovered() : keys;
        claims = claims == null ? List.of() : List.copyOf(claims);
        require = checkedPins(require);
        for (int i = 0; i < audiences.size(); i++) {
            Invalid.unless(!audiences.get(i).isBlank(), "audiences[" + i + "]", "must not be blank");
        }
        Invalid.unless(
                trustDomain == null || SpiffeId.isTrustDomain(trustDomain),
                "trustDomain",
                "must be the name of a SPIFFE trust domain, such as example.org");
        Invalid.unless(
                maxTtlBeyondEvidence == null || isSane(maxTtlBeyondEvidence),
                "maxTtlBeyondEvidence",
                "must be whole seconds from PT0S to PT1H");
        accounts = accounts == null ? null : Names.nonEmpty("accounts", accounts);
        regions = regions == null ? null : Names.nonEmpty("regions", regions);
        subscriptions = subscriptions == null ? null : Names.nonEmpty("subscriptions", subscriptions);
        instances = instances == null ? null : List.copyOf(instances);
        Invalid.unless(
                maxAge == null || (maxAge.isPositive() && maxAge.compareTo(MAX_AGE) <= 0),
                "maxAge",
                "must be a duration from PT1S to P3650D");
    }

    /** One with an issuer and without the fields that few have. */
    public TrustProvider(
            String name,
            String type,
            @Nullable String issuer,
            List<String> audiences,
            Keys keys,
            Map<String, List<String>> require,
            List<String> claims) {
        this(
                name, type, issuer, audiences, keys, require, claims, null, null, null, null, null, null, null, null,
                null, null, null, null, null);
    }

    private static boolean isSane(Duration beyond) {
        return !beyond.isNegative()
                && beyond.compareTo(MAX_BEYOND) <= 0
                && beyond.equals(beyond.truncatedTo(ChronoUnit.SECONDS));
    }

    /** Whether it vouches for people, and not for workloads. */
    public boolean vouchesForPeople() {
        return type.equals(WORKFORCE);
    }

    /** How its evidence may be used. */
    public EvidenceTerms terms() {
        return new EvidenceTerms(
                bindProof == null ? BindProof.OFF : bindProof,
                maxTtlBeyondEvidence == null ? Duration.ZERO : maxTtlBeyondEvidence);
    }

    /**
     * A machine and the only key that it may use.
     *
     * @param id the platform's id of the machine
     * @param jkt the RFC 7638 thumbprint of the key
     */
    public record Instance(String id, String jkt) {

        private static final Pattern THUMBPRINT = Pattern.compile("[A-Za-z0-9_-]{43}");

        public Instance {
            Invalid.unless(id != null && !id.isBlank(), "id", "is missing");
            Invalid.unless(
                    jkt != null && THUMBPRINT.matcher(jkt).matches(),
                    "jkt",
                    "must be the SHA-256 thumbprint of a key (RFC 7638) in base64url");
        }
    }

    /**
     * Whom to ask about a token, beside what it says itself.
     *
     * @param cluster the name that the start-up configuration has for the cluster
     * @param pod whether the pod is looked at as well; null for not
     */
    public record Review(String cluster, @Nullable Boolean pod) {

        public Review {
            Names.check("cluster", Objects.requireNonNullElse(cluster, ""));
        }
    }

    private static Map<String, List<String>> checkedPins(@Nullable Map<String, List<String>> require) {
        Map<String, List<String>> pins = new TreeMap<>();
        if (require != null) {
            require.forEach((claim, values) -> {
                Invalid.unless(!claim.isBlank(), "require", "names a claim without a name");
                pins.put(claim, Names.nonEmpty("require." + claim, values == null ? List.of() : values));
            });
        }
        return pins;
    }

    /**
     * Where keys come from: exactly one of the five.
     *
     * @param discovery true: {@code <issuer>/.well-known/openid-configuration} names the JWKS
     * @param jwksUri the URL of a JWKS (RFC 7517)
     * @param jwks the JWKS itself
     * @param file the path of a JWKS; in the start-up bundle only
     * @param bundleEndpoint the URL of a SPIFFE bundle (SPIFFE Federation section 5)
     */
    public record Keys(
            @Nullable Boolean discovery,
            @Nullable String jwksUri,
            @Nullable Map<String, Object> jwks,
            @Nullable String file,
            @Nullable String bundleEndpoint) {

        public Keys {
            List<String> given = new ArrayList<>();
            if (discovery != null) {
                Invalid.unless(discovery, "discovery", "must be true or absent");
                given.add("discovery");
            }
            if (jwksUri != null) {
                given.add("jwksUri");
            }
            if (jwks != null) {
                given.add("jwks");
            }
            if (file != null) {
                given.add("file");
            }
            if (bundleEndpoint != null) {
                given.add("bundleEndpoint");
            }
            Invalid.unless(
                    given.size() == 1, "", "needs exactly one of discovery, jwksUri, jwks, file and bundleEndpoint");
        }

        /** One of the four that are not for SPIFFE alone. */
        public Keys(
                @Nullable Boolean discovery,
                @Nullable String jwksUri,
                @Nullable Map<String, Object> jwks,
                @Nullable String file) {
            this(discovery, jwksUri, jwks, file, null);
        }

        public static Keys discovered() {
            return new Keys(true, null, null, null);
        }
    }
}
