package dev.sallyport.attestation;

import dev.sallyport.core.Hash;
import dev.sallyport.core.attest.Check;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A presigned {@code sts:GetCallerIdentity}, made anew from its parts: what the broker sends is of its own making, but for the
 * credential, the times and the signature.
 *
 * <p>Nothing that is not listed here gets through, be it a parameter, a header or a host; and no parameter comes twice. The
 * header that binds the request to this broker and the caller's key is not even taken from the caller.
 *
 * @param region the region whose service is asked
 * @param uri what is asked for
 * @param signedAt when it was signed
 * @param expires when it ends
 */
record PresignedRequest(String region, URI uri, Instant signedAt, Instant expires) {

    /** The header that must be signed: {@code <issuer>;<thumbprint of the caller's key>}. */
    static final String SERVER_ID = "X-Sallyport-Server-Id";

    private static final int MAX_LENGTH = 8 * 1024;
    private static final long MAX_SECONDS = Duration.ofMinutes(15).toSeconds();

    private static final Pattern URL = Pattern.compile("(?<base>[a-z0-9:/.-]+)/\\?(?<query>[A-Za-z0-9%=&._~-]+)");
    private static final Pattern CREDENTIAL =
            Pattern.compile("[A-Z0-9]{16,128}/(?<day>[0-9]{8})/(?<region>[a-z0-9-]{1,32})/sts/aws4_request");
    private static final Pattern ESCAPE = Pattern.compile("(?:[^%]|%[0-9A-Fa-f]{2})*");
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'");

    /** What each parameter must look like. */
    private static final Map<String, Pattern> PARAMETERS = Map.of(
            "Action", Pattern.compile("GetCallerIdentity"),
            "Version", Pattern.compile("2011-06-15"),
            "X-Amz-Algorithm", Pattern.compile("AWS4-HMAC-SHA256"),
            "X-Amz-Credential", CREDENTIAL,
            "X-Amz-Date", Pattern.compile("[0-9]{8}T[0-9]{6}Z"),
            "X-Amz-Expires", Pattern.compile("[1-9][0-9]{0,3}"),
            "X-Amz-SignedHeaders", Pattern.compile("host;x-sallyport-server-id"),
            "X-Amz-Signature", Pattern.compile("[0-9a-f]{64}"),
            "X-Amz-Security-Token", Pattern.compile("[A-Za-z0-9+/=_.-]{1,6144}"));

    private static final String OPTIONAL = "X-Amz-Security-Token";

    /**
     * Reads one; throws {@link NotProven} for anything else.
     *
     * @param endpoint where the service is, if it is not AWS's own of the region
     */
    static PresignedRequest read(String url, @Nullable URI endpoint) {
        NotProven.unless(
                url.length() <= MAX_LENGTH, Check.FORMAT, "the url is longer than " + MAX_LENGTH + " characters");
        Matcher parts = URL.matcher(url);
        NotProven.unless(parts.matches(), Check.FORMAT, "the url is not that of a presigned GetCallerIdentity");
        Map<String, String> parameters = parameters(parts.group("query"));
        Matcher credential = CREDENTIAL.matcher(parameters.getOrDefault("X-Amz-Credential", ""));
        NotProven.unless(
                credential.matches() && AwsRegion.is(credential.group("region")),
                Check.FORMAT,
                "the url's X-Amz-Credential is not one for STS in a region");
        String region = credential.group("region");
        String base = endpoint == null ? "https://" + AwsRegion.sts(region) : Urls.withoutSlash(endpoint.toString());
        NotProven.unless(
                base.equals(parts.group("base")),
                Check.FORMAT,
                "the url must begin with " + base + "/?, the host of its region");
        String date = Objects.requireNonNull(parameters.get("X-Amz-Date"));
        NotProven.unless(
                date.startsWith(credential.group("day")),
                Check.FORMAT,
                "the url's X-Amz-Date is not of the credential's day");
        long seconds = Long.parseLong(Objects.requireNonNull(parameters.get("X-Amz-Expires")));
        NotProven.unless(
                seconds <= MAX_SECONDS,
                Check.EXPIRY,
                "the url's X-Amz-Expires is more than " + MAX_SECONDS + " seconds");
        Instant signed = time(date);
        return new PresignedRequest(
                region, URI.create(base + "/?" + query(parameters)), signed, signed.plusSeconds(seconds));
    }

    /** All that are wanted, each once, and no others. */
    private static Map<String, String> parameters(String query) {
        Map<String, String> parameters = new TreeMap<>();
        for (String pair : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            String name = equals < 0 ? pair : pair.substring(0, equals);
            Pattern form = PARAMETERS.get(name);
            if (form == null || equals < 0) {
                throw new NotProven(Check.FORMAT, "the url has a parameter that GetCallerIdentity does not need");
            }
            String value = decoded(pair.substring(equals + 1));
            NotProven.unless(
                    form.matcher(value).matches(), Check.FORMAT, "the url's " + name + " is not what it should be");
            NotProven.unless(
                    parameters.put(name, value) == null, Check.FORMAT, "the url has " + name + " more than once");
        }
        for (String name : PARAMETERS.keySet()) {
            NotProven.unless(
                    parameters.containsKey(name) || name.equals(OPTIONAL), Check.FORMAT, "the url has no " + name);
        }
        return parameters;
    }

    private static String decoded(String value) {
        NotProven.unless(
                ESCAPE.matcher(value).matches(),
                Check.FORMAT,
                "a percent sign in the url is not followed by two digits");
        return URLDecoder.decode(value, StandardCharsets.UTF_8);
    }

    private static String query(Map<String, String> parameters) {
        StringBuilder query = new StringBuilder();
        parameters.forEach((name, value) -> query.append(query.isEmpty() ? "" : "&")
                .append(name)
                .append('=')
                .append(URLEncoder.encode(value, StandardCharsets.UTF_8)));
        return query.toString();
    }

    private static Instant time(String date) {
        try {
            return LocalDateTime.parse(date, DATE).toInstant(ZoneOffset.UTC);
        } catch (DateTimeException e) {
            throw new NotProven(Check.FORMAT, "the url's X-Amz-Date is not a time");
        }
    }

    /** What tells it from other requests, without its signature, which could be spelled otherwise. */
    String digest(String serverId) {
        String unsigned = uri.toString().replaceFirst("&X-Amz-Signature=[0-9a-f]{64}", "");
        return Hash.hex(Hash.sha256((unsigned + " " + serverId).getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    public String toString() {
        return "PresignedRequest[" + region + "]";
    }
}
