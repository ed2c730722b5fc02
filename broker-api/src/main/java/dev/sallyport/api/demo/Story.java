package dev.sallyport.api.demo;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.util.JSONObjectUtils;
import com.nimbusds.jwt.SignedJWT;
import dev.sallyport.core.Hash;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The story: an agent proves itself, gets a token for one target and nothing else, and the log outlives a hard kill. */
final class Story {

    static final String INVOICES = "https://invoices.example/mcp";
    private static final String LEDGER = "https://ledger.example/api";

    private final Narrator narrator;
    private final Platform platform;
    private final BrokerProcess broker;
    private final HttpClient http = HttpClient.newHttpClient();
    private final List<String> decisions = new ArrayList<>();
    private String tokenSha256 = "";

    Story(Narrator narrator, Platform platform, BrokerProcess broker) {
        this.narrator = narrator;
        this.platform = platform;
        this.broker = broker;
    }

    /** A step did not hold. */
    static final class Failed extends RuntimeException {

        private static final long serialVersionUID = 1L;

        Failed(String reason) {
            super(reason, null, false, false);
        }

        String reason() {
            return String.valueOf(getMessage());
        }
    }

    void tell() throws IOException, InterruptedException {
        start();
        agentOnMain();
        refused(
                "The same agent, another target",
                "Nobody allowed invoice-bot to reach the ledger. One token, one target, by policy.",
                Map.of(),
                broker.baseUrl(),
                LEDGER,
                "invalid_target");
        refused(
                "The same agent, another branch",
                "A pull request branch is not the run-time state that was approved.",
                Map.of("ref", "refs/heads/feature"),
                broker.baseUrl(),
                INVOICES,
                "unauthorized_client");
        refused(
                "A workload that nobody registered",
                "Same organisation, another repository: proven, but nobody's agent.",
                Map.of("repository_id", "2002", "repository", "acme/side-project"),
                broker.baseUrl(),
                INVOICES,
                "unauthorized_client");
        refused(
                "A token that was meant for somebody else",
                "Good signature, wrong audience: a stolen deployment token is no proof here.",
                Map.of(),
                "https://cloud.example",
                INVOICES,
                "invalid_grant");
        killAndLook();
    }

    private void start() throws IOException {
        narrator.chapter("A platform, a broker, one bundle of documents");
        narrator.say("A loopback issuer plays GitHub Actions at " + platform.issuer() + ", with keys made just now.");
        narrator.say("Sallyport starts on an embedded PostgreSQL with this bundle, and not one secret in it:");
        narrator.code(broker.bundleText());
        Duration took = broker.start();
        narrator.held("the broker is ready at " + broker.baseUrl() + " after " + took.toMillis() + " ms");
    }

    private void agentOnMain() throws IOException, InterruptedException {
        narrator.chapter("An agent proves itself and gets one token for one target");
        Map<String, Object> evidence = platform.claims(broker.baseUrl(), Map.of());
        narrator.say("The job's platform token says, among other things:");
        narrator.code(shown(evidence, "sub", "aud", "repository_id", "repository_owner_id", "ref"));
        narrator.say("The agent sends it in one POST to " + broker.baseUrl() + "/oauth2/token, resource=" + INVOICES);
        Answer answer = exchange(platform.sign(evidence), INVOICES);
        check(answer.status == 200, "a token was expected, but the answer was " + answer.body);
        String token = String.valueOf(answer.body.get("access_token"));
        tokenSha256 = Hash.hex(Hash.sha256(token.getBytes(StandardCharsets.US_ASCII)));
        Map<String, Object> claims = verified(token);
        narrator.say("The token, verified with the broker's JWKS, says:");
        narrator.code(shown(claims, "iss", "sub", "aud", "scope", "iat", "exp", "jti", "attestation"));
        check(INVOICES.equals(claims.get("aud")), "the token is for " + claims.get("aud"));
        check("invoices:read".equals(claims.get("scope")), "the scope is " + claims.get("scope"));
        check(
                Long.valueOf(120).equals(answer.body.get("expires_in")),
                "the policy grants two minutes, the token lives " + answer.body.get("expires_in") + " s");
        narrator.held("a JWT for exactly that target, for two minutes, for one action: invoices:read");
    }

    private void refused(
            String title, String why, Map<String, String> changes, String audience, String resource, String expected)
            throws IOException, InterruptedException {
        narrator.chapter(title);
        narrator.say(why);
        Answer answer = exchange(platform.sign(platform.claims(audience, changes)), resource);
        narrator.code(answer.status + " " + answer.body.get("error") + ": " + answer.body.get("error_description"));
        check(answer.status == 400, "400 was expected");
        check(expected.equals(answer.body.get("error")), expected + " was expected");
        if (!expected.equals("invalid_grant")) {
            decisions.add(decisionId(String.valueOf(answer.body.get("error_description"))));
        }
        narrator.held("refused, and told which part failed");
    }

    private void killAndLook() throws IOException, InterruptedException {
        narrator.chapter("The broker is killed hard, and the log is all there");
        narrator.say("kill -9, in the middle of its life; then a new start on the same directory.");
        broker.killHard();
        Duration took = broker.start();
        narrator.held("ready again after " + took.toMillis() + " ms");
        Auditor auditor = Auditor.login(broker.login("sallyport_auditor"));
        List<Auditor.Line> lines = auditor.read();
        narrator.say("What an auditor reads, in PostgreSQL, under a role that can only read:");
        narrator.code(lines.stream().map(Auditor.Line::toString).collect(Collectors.joining("\n")));
        check(
                lines.stream().anyMatch(line -> tokenSha256.equals(line.tokenSha256())),
                "the token that was issued is not in the log");
        decisions.forEach(id -> check(
                lines.stream().anyMatch(line -> id.equals(line.decisionId())),
                "decision " + id + " is not in the log"));
        check(auditor.rootHolds(), "the Merkle tree over the leaves does not match the head");
        narrator.held("the token and every refusal of a proven caller are there; the Merkle tree over " + lines.size()
                + " leaves matches the head");
    }

    private record Answer(int status, Map<String, Object> body) {}

    private Answer exchange(String evidence, String resource) throws IOException, InterruptedException {
        String form = "grant_type=" + encoded("urn:ietf:params:oauth:grant-type:jwt-bearer") + "&assertion=" + evidence
                + "&resource=" + encoded(resource);
        HttpResponse<String> response = http.send(
                HttpRequest.newBuilder(URI.create(broker.baseUrl() + "/oauth2/token"))
                        .timeout(Duration.ofSeconds(10))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(BodyPublishers.ofString(form))
                        .build(),
                BodyHandlers.ofString());
        try {
            return new Answer(response.statusCode(), JSONObjectUtils.parse(response.body()));
        } catch (ParseException e) {
            throw new Failed("the answer is no JSON: " + response.body());
        }
    }

    private Map<String, Object> verified(String token) throws IOException, InterruptedException {
        HttpResponse<String> jwks = http.send(
                HttpRequest.newBuilder(URI.create(broker.baseUrl() + "/oauth2/jwks"))
                        .timeout(Duration.ofSeconds(10))
                        .build(),
                BodyHandlers.ofString());
        try {
            SignedJWT jwt = SignedJWT.parse(token);
            ECDSAVerifier verifier = new ECDSAVerifier(JWKSet.parse(jwks.body())
                    .getKeyByKeyId(jwt.getHeader().getKeyID())
                    .toECKey());
            check(jwt.verify(verifier), "the token's signature does not verify");
            return jwt.getPayload().toJSONObject();
        } catch (ParseException | JOSEException e) {
            throw new Failed("the token does not verify: " + e.getMessage());
        }
    }

    private static String shown(Map<String, Object> claims, String... names) {
        return List.of(names).stream()
                .map(name -> "%-20s %s".formatted(name, claims.get(name)))
                .collect(Collectors.joining("\n"));
    }

    private static String decisionId(String description) {
        int at = description.indexOf("(decision ");
        check(at >= 0, "the answer names no decision");
        return description.substring(at + "(decision ".length(), description.length() - 1);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new Failed(otherwise);
        }
    }
}
