package dev.sallyport.api.ctl;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.net.URI;
import java.net.http.HttpRequest;
import java.text.ParseException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Looks at a running broker from outside. What can't be had is a finding, and the next check goes on. */
final class BrokerCheck {

    /** More than this, and a replica's clock is wrong, or this machine's. */
    private static final Duration SKEW = Duration.ofSeconds(2);

    private final Broker broker;
    private final Surroundings surroundings;
    private final EvidenceOptions evidence;
    private final @Nullable String management;
    private final Findings findings = new Findings();

    /**
     * Prepares to look.
     *
     * @param management the base URL of the management port; null where nobody said
     */
    BrokerCheck(Broker broker, Surroundings surroundings, EvidenceOptions evidence, @Nullable String management) {
        this.broker = broker;
        this.surroundings = surroundings;
        this.evidence = evidence;
        this.management = management;
    }

    Findings run() throws Failure {
        Answer metadata = broker.get("/.well-known/oauth-authorization-server");
        look("metadata", () -> findings.ok("metadata", "the issuer is " + broker.issuer()));
        clock(metadata);
        look("keys", this::keys);
        look("checkpoint", this::checkpoint);
        if (management == null) {
            findings.note("readiness", "not looked at: --management names the port for it");
        } else {
            look("readiness", () -> readiness(management));
        }
        look("token", this::token);
        return findings;
    }

    /** One look. */
    @FunctionalInterface
    private interface Look {

        void run() throws Failure;
    }

    private void look(String check, Look look) {
        try {
            look.run();
        } catch (Failure failure) {
            findings.failed(check, failure.message());
        }
    }

    private void clock(Answer metadata) {
        Optional<Instant> theirs = metadata.header("Date").flatMap(BrokerCheck::date);
        if (theirs.isEmpty()) {
            findings.note("clock", "the broker does not tell the time");
            return;
        }
        // The header counts whole seconds.
        Duration off = Duration.between(theirs.get(), surroundings.clock().instant());
        boolean close = off.compareTo(SKEW.plusSeconds(1)) < 0 && off.compareTo(SKEW.negated()) > 0;
        String detail = "this machine is " + off.abs().toSeconds() + " s " + (off.isNegative() ? "behind" : "ahead of")
                + " the broker";
        if (close) {
            findings.ok("clock", "this machine and the broker agree to " + SKEW.toSeconds() + " s");
        } else {
            findings.failed("clock", detail + ": evidence and proofs will be refused");
        }
    }

    private static Optional<Instant> date(String header) {
        try {
            return Optional.of(DateTimeFormatter.RFC_1123_DATE_TIME.parse(header, Instant::from));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private void keys() throws Failure {
        Answer answer = broker.get("/oauth2/jwks");
        JsonNode keys = answer.json().path("keys");
        if (!answer.ok() || keys.isEmpty()) {
            findings.failed("keys", "/oauth2/jwks answered " + answer.status() + " with " + keys.size() + " keys");
            return;
        }
        Table algorithms = new Table("alg");
        keys.forEach(key -> algorithms.addOnce(Fields.text(key, "alg")));
        List<String> names = algorithms.lines(0);
        findings.ok("keys", keys.size() + " for " + String.join(", ", names.subList(1, names.size())));
    }

    private void checkpoint() throws Failure {
        Answer answer = broker.get("/log/checkpoint");
        List<String> lines = answer.text().lines().limit(3).toList();
        if (!answer.ok() || lines.size() < 3) {
            findings.failed("checkpoint", "/log/checkpoint answered " + answer.status() + ": nothing is signed");
            return;
        }
        findings.ok("checkpoint", "of " + Table.plain(lines.get(1)) + " entries, by " + Table.plain(lines.getFirst()));
    }

    private void readiness(String base) throws Failure {
        URI uri;
        try {
            uri = URI.create(base.replaceFirst("/$", "") + "/health/readiness");
        } catch (IllegalArgumentException e) {
            throw Failure.badInput("--management: is no URL");
        }
        Answer answer = broker.send(HttpRequest.newBuilder(uri));
        StringBuilder parts = new StringBuilder();
        answer.json()
                .path("components")
                .properties()
                .forEach(part -> parts.append(parts.isEmpty() ? "" : ", ")
                        .append(part.getKey())
                        .append(' ')
                        .append(Fields.text(part.getValue(), "status")));
        String detail = Table.plain(Fields.text(answer.json(), "status") + (parts.isEmpty() ? "" : ": " + parts));
        if (answer.ok()) {
            findings.ok("readiness", detail);
        } else {
            findings.failed("readiness", detail.isEmpty() ? "status " + answer.status() : detail);
        }
    }

    /** What the token at hand is good for; its content is believed, for it is only shown. */
    private void token() throws Failure {
        Optional<String> given = surroundings.variable("SALLYPORT_TOKEN");
        if (given.isEmpty()) {
            evidence();
            return;
        }
        try {
            JWTClaimsSet claims = SignedJWT.parse(given.get()).getJWTClaimsSet();
            Instant ends = claims.getExpirationTime() == null
                    ? Instant.EPOCH
                    : claims.getExpirationTime().toInstant();
            Duration left = Duration.between(surroundings.clock().instant(), ends);
            if (!left.isPositive()) {
                findings.failed("token", "SALLYPORT_TOKEN expired at " + ends + ": eval \"$(./broker ctl login)\"");
            } else if (!claims.getAudience().contains(broker.issuer() + "/v1")) {
                findings.failed("token", "SALLYPORT_TOKEN is not for " + broker.issuer() + "/v1");
            } else {
                findings.ok(
                        "token",
                        "good for " + left.toSeconds() + " s: "
                                + Table.plain(String.valueOf(claims.getClaim("scope"))));
            }
        } catch (ParseException e) {
            findings.failed("token", "SALLYPORT_TOKEN holds no token");
        }
    }

    private void evidence() {
        try {
            findings.ok(
                    "evidence", "found: " + evidence.find(surroundings, broker).origin());
        } catch (Failure none) {
            findings.note("evidence", none.message());
        }
    }
}
