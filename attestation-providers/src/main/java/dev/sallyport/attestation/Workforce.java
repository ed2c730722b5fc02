package dev.sallyport.attestation;

import dev.sallyport.core.Invalid;
import dev.sallyport.core.attest.Check;
import dev.sallyport.core.attest.JwtEvidence;
import dev.sallyport.core.attest.TrustProvider;
import dev.sallyport.core.attest.Verdict.Rejected;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the ID tokens of an organisation's identity provider are beyond other JWTs (OpenID Connect Core section 2).
 *
 * <p>They say that a person has logged in to one client, the one that was registered for the broker, and did so just now.
 *
 * @param clientId the client's id
 * @param maxAge how long ago the person may have logged in; null where the identity provider's session decides
 */
record Workforce(String clientId, @Nullable Duration maxAge) {

    static final String TYPE = TrustProvider.WORKFORCE;

    /** How long after it was issued an ID token is looked at. */
    static final Duration FRESH = Duration.ofMinutes(5);

    /** What is known of them all; it is no platform of workloads, and so not in the folder of those. */
    static final Profile PROFILE = profile();

    /** Claims of access tokens, of tokens of programs, and of logout tokens: no ID token has them. */
    private static final Set<String> OTHERS = Set.of(
            "scope", "scp", "client_id", "cid", "appid", "appidacr", "azpacr", "idtyp", "events", "act", "may_act");

    /**
     * Reads the document; throws {@link Invalid} with the field.
     *
     * @param issuer the broker's own
     */
    static Workforce of(TrustProvider document, String issuer) {
        Invalid.unless(
                document.audiences().size() == 1,
                "audiences",
                "must be the id of one client, registered for this broker alone");
        Invalid.unless(
                document.bindProof() == null, "bindProof", "is not for the type " + TYPE + ", whose tokens count once");
        Audiences.checkNotForeign(document.audiences(), List.of());
        String clientId = document.audiences().getFirst();
        Invalid.unless(
                !clientId.equals(Urls.withoutSlash(issuer)) && !clientId.startsWith(Urls.withoutSlash(issuer) + "/"),
                "audiences[0]",
                "is the broker's own, which workloads address: people need a client of their own");
        return new Workforce(clientId, document.maxAge());
    }

    /** What can be told before the signature. */
    static @Nullable Rejected otherToken(JwtEvidence jwt, Instant now) {
        boolean foreign = OTHERS.stream().anyMatch(claim -> jwt.claim(claim) != null)
                || !absentOr("ID", jwt.claim("typ"))
                || !absentOr("id", jwt.claim("token_use"));
        return foreign ? new Rejected(Check.TYPE, "the token is not an ID token") : null;
    }

    /** For the client and for nobody else, and given to the client itself (OpenID Connect Core section 3.1.3.7). */
    @Nullable
    Rejected otherClient(JwtEvidence jwt, Instant now) {
        Object audience = jwt.claim("aud");
        if (!clientId.equals(audience) && !List.of(clientId).equals(audience)) {
            return new Rejected(
                    Check.AUDIENCE, "the token's audience is not the client that is registered here, alone");
        }
        return absentOr(clientId, jwt.claim("azp"))
                ? null
                : new Rejected(Check.AUDIENCE, "the token was issued to another client than the one registered here");
    }

    /** Of now: an ID token that lay around is nobody's login. */
    @Nullable
    Rejected stale(JwtEvidence jwt, Instant now) {
        if (jwt.claim("iat") == null) {
            return new Rejected(Check.ISSUED_AT, "the token does not say when it was issued");
        }
        if (Lifetime.issued(jwt, now).plus(FRESH).isBefore(now)) {
            return new Rejected(Check.ISSUED_AT, "the token was issued more than 5 minutes ago; log in again");
        }
        if (maxAge == null) {
            return null;
        }
        Instant login = Lifetime.date(jwt, "auth_time");
        return login == null || login.plus(maxAge).isBefore(now) || login.isAfter(now.plus(Lifetime.SKEW))
                ? new Rejected(Check.ISSUED_AT, "the login is not as young as the trust provider wants; log in again")
                : null;
    }

    private static boolean absentOr(String wanted, @Nullable Object claim) {
        return claim == null || claim.equals(wanted);
    }

    private static Profile profile() {
        try (InputStream file = Workforce.class.getResourceAsStream("workforce.json")) {
            if (file == null) {
                throw new IllegalStateException("there is no profile " + TYPE);
            }
            return ProfileFile.read(TYPE, file.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
