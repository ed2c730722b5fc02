package dev.sallyport.attestation;

import dev.sallyport.core.Unavailable;
import dev.sallyport.core.attest.Check;
import dev.sallyport.core.attest.Claims;
import dev.sallyport.core.attest.DocumentEvidence;
import dev.sallyport.core.attest.Verdict.Verified;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A presigned request to AWS's security token service, which tells whoever sends it who signed it.
 *
 * <p>The broker sends a request of its own making ({@link PresignedRequest}) to the service of the region and believes the answer.
 *
 * @param issuer the broker's own, for which the request must be signed
 * @param accounts the accounts that the trust provider speaks for
 * @param regions the regions whose service may be asked; null for all
 */
record AwsCallerIdentity(
        String issuer, List<String> accounts, @Nullable List<String> regions, StsCalls sts)
        implements DocumentAttestor.Appraiser {

    /** The trust provider type. */
    static final String TYPE = "aws-caller-identity";

    /** How far the caller's clock may be ahead. */
    private static final Duration SKEW = Duration.ofSeconds(60);

    @Override
    public Verified verified(DocumentEvidence document, String jkt, Instant now) {
        String url = document.text("url");
        NotProven.unless(url != null, Check.FORMAT, "the document has no url of a presigned GetCallerIdentity");
        PresignedRequest request = PresignedRequest.read(Objects.requireNonNull(url), sts.endpoint());
        NotProven.unless(now.isBefore(request.expires()), Check.EXPIRY, "the signed request has expired");
        NotProven.unless(
                !request.signedAt().isAfter(now.plus(SKEW)), Check.ISSUED_AT, "the request was signed in the future");
        String serverId = issuer + ";" + jkt;
        SignedJson answer = result(sts.ask(request, serverId));
        String account = answer.text("Account");
        NotProven.unless(
                accounts.contains(account), Check.ISSUER, "the caller's account is none that a trust provider accepts");
        NotProven.unless(
                regions == null || regions.contains(request.region()),
                Check.PIN,
                "the region of the signed request is not accepted");
        CallerArn arn = CallerArn.read(answer.text("Arn"));
        if (!arn.account().equals(account) || !arn.partition().equals(AwsRegion.partition(request.region()))) {
            throw new Unavailable("a clear answer of AWS's security token service");
        }
        return new Verified(
                arn.arn(),
                claims(arn, answer.text("UserId")),
                request.signedAt(),
                request.expires(),
                request.digest(serverId));
    }

    /** A request may be sent again while it lasts: it is good for its caller's key only. */
    @Override
    public Verified settled(Verified verified, DocumentEvidence document, String jkt, Instant now) {
        return verified;
    }

    private static SignedJson result(SignedJson answer) {
        try {
            return answer.object("GetCallerIdentityResponse").object("GetCallerIdentityResult");
        } catch (NotProven e) {
            throw new Unavailable("a clear answer of AWS's security token service", e);
        }
    }

    /** The unique id stays a role's own when it is deleted and another one gets its name; STS appends the session to it. */
    private static Claims claims(CallerArn arn, String userId) {
        int colon = userId.indexOf(':');
        return new ClaimList()
                .add("account_id", arn.account())
                .add("arn", arn.arn())
                .add("partition", arn.partition())
                .add("role_name", arn.role())
                .add("user_name", arn.user())
                .add("session_name", arn.session())
                .add("user_id", colon < 0 ? userId : userId.substring(0, colon))
                .claims();
    }
}
