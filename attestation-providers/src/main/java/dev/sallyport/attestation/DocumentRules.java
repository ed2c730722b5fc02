package dev.sallyport.attestation;

import dev.sallyport.core.Invalid;
import dev.sallyport.core.attest.TrustProvider;
import dev.sallyport.core.attest.TrustProvider.Keys;
import java.io.IOException;
import java.io.InputStream;
import java.text.ParseException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What the documents of trust providers whose evidence is no token must keep; all throw {@link Invalid} with the field. */
final class DocumentRules {

    private static final Map<String, String> CLOUDS = clouds();

    private DocumentRules() {}

    /** The name of the metadata service of the document's cloud. */
    static String domain(TrustProvider document) {
        String domain = CLOUDS.get(document.cloud() == null ? "public" : document.cloud());
        if (domain == null) {
            throw new Invalid("cloud", "is not one of " + String.join(", ", CLOUDS.keySet()));
        }
        return domain;
    }

    /** The AWS accounts, which must be there: AWS signs for everybody. */
    static List<String> accounts(TrustProvider document) {
        List<String> accounts = document.accounts();
        if (accounts == null) {
            throw new Invalid("accounts", "is missing: AWS signs for everybody");
        }
        for (int i = 0; i < accounts.size(); i++) {
            Invalid.unless(AwsRegion.isAccount(accounts.get(i)), "accounts[" + i + "]", "must be 12 digits, in quotes");
        }
        return accounts;
    }

    /** The Azure subscriptions, which must be there: Azure signs for everybody. */
    static List<String> subscriptions(TrustProvider document) {
        List<String> subscriptions = document.subscriptions();
        if (subscriptions == null) {
            throw new Invalid("subscriptions", "is missing: Azure signs for everybody");
        }
        for (int i = 0; i < subscriptions.size(); i++) {
            Invalid.unless(
                    AzureAttestedDocument.isId(subscriptions.get(i)),
                    "subscriptions[" + i + "]",
                    "must be the id of a subscription, in lower case");
        }
        return subscriptions;
    }

    /**
     * Throws where two documents of a type name one account or subscription: nobody could say whose word it is.
     *
     * @param others who speaks for each so far, by type and account
     */
    static void checkNoneShares(TrustProvider document, Map<String, String> others) {
        List<String> accounts = document.accounts() == null ? document.subscriptions() : document.accounts();
        String field = document.accounts() == null ? "subscriptions" : "accounts";
        for (String account : accounts == null ? List.<String>of() : accounts) {
            String other = others.putIfAbsent(document.type() + " " + account, document.name());
            Invalid.unless(
                    other == null || other.equals(document.name()),
                    field,
                    "names " + account + ", as trust provider " + other + " does");
        }
    }

    /** Throws where a document whose evidence is tokens has settings of others. */
    static void checkToken(TrustProvider document) {
        checkAbsent(
                document,
                "accounts",
                "regions",
                "subscriptions",
                "cloud",
                "fetchIntermediates",
                "instances",
                "confirm",
                "tofu",
                "maxAge");
    }

    /** Throws where a document that vouches for people has settings of machines. */
    static void checkPeoples(TrustProvider document) {
        checkAbsent(
                document,
                "accounts",
                "regions",
                "subscriptions",
                "cloud",
                "fetchIntermediates",
                "instances",
                "confirm",
                "tofu",
                "review");
    }

    /** Throws where a document whose evidence is no token has settings of those whose evidence is. */
    static void checkNoToken(TrustProvider document) {
        String why = "is for types whose evidence is tokens";
        Invalid.unless(document.issuer() == null, "issuer", why);
        Invalid.unless(document.audiences().isEmpty(), "audiences", why);
        Invalid.unless(document.claims().isEmpty(), "claims", why);
        Invalid.unless(document.keys().equals(Keys.discovered()), "keys", why);
        Invalid.unless(document.trustDomain() == null, "trustDomain", why);
        Invalid.unless(document.review() == null, "review", "is for the type " + TokenReviews.TYPE);
        Invalid.unless(document.bindProof() == null, "bindProof", why);
        Invalid.unless(document.maxTtlBeyondEvidence() == null, "maxTtlBeyondEvidence", why);
    }

    /** Throws where one of the fields is set. */
    static void checkAbsent(TrustProvider document, String... fields) {
        Map<String, @Nullable Object> settings = new TreeMap<>();
        settings.put("accounts", document.accounts());
        settings.put("regions", document.regions());
        settings.put("subscriptions", document.subscriptions());
        settings.put("cloud", document.cloud());
        settings.put("fetchIntermediates", document.fetchIntermediates());
        settings.put("instances", document.instances());
        settings.put("confirm", document.confirm());
        settings.put("tofu", document.tofu());
        settings.put("maxAge", document.maxAge());
        settings.put("review", document.review());
        for (String field : fields) {
            Invalid.unless(settings.get(field) == null, field, "is not for the type " + document.type());
        }
    }

    private static Map<String, String> clouds() {
        try (InputStream file = DocumentRules.class.getResourceAsStream("certificates/azure-clouds.json")) {
            Map<String, String> clouds = new TreeMap<>();
            if (file == null) {
                throw new IllegalStateException("there is no file azure-clouds.json");
            }
            Json.object(file.readAllBytes()).forEach((cloud, domain) -> clouds.put(cloud, String.valueOf(domain)));
            return Collections.unmodifiableMap(clouds);
        } catch (IOException | ParseException e) {
            throw new IllegalStateException("the file azure-clouds.json is malformed", e);
        }
    }
}
