package dev.sallyport.api.demo;

import dev.sallyport.api.demo.Attempts.Ask;
import dev.sallyport.api.demo.Attempts.Token;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The story: agents prove themselves, an admin governs them, and the log outlives a hard kill. */
final class Story {

    static final String INVOICES = "https://invoices.example/mcp";
    static final String LEDGER = "https://ledger.example/api";

    private final Narrator narrator;
    private final Platform ci;
    private final Platform cluster;
    private final BrokerProcess broker;
    private final Calls calls;
    private final Attempts attempts;

    Story(Narrator narrator, Platform ci, Platform cluster, BrokerProcess broker) {
        this.narrator = narrator;
        this.ci = ci;
        this.cluster = cluster;
        this.broker = broker;
        this.calls = new Calls(broker);
        this.attempts = new Attempts(narrator, calls);
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

    static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new Failed(otherwise);
        }
    }

    void tell() throws IOException, InterruptedException {
        start();
        job();
        notTheJob();
        pod();
        Admin admin = new Admin(narrator, calls, attempts, broker);
        admin.login(ci.token(broker.baseUrl(), Map.of("repository_id", "9000", "repository", "acme/platform")));
        admin.changesPolicy(invoiceBot(LEDGER, "ledger:read"));
        admin.suspends(invoiceBot(INVOICES, "invoices:read"));
        admin.looksBack();
    }

    private void start() throws IOException {
        narrator.chapter("Two platforms, a broker, one bundle of documents");
        narrator.say("Loopback issuers play GitHub Actions and a Kubernetes cluster, with keys made just now.");
        narrator.say("Sallyport starts on an embedded PostgreSQL with this bundle, and not one secret in it:");
        narrator.code(broker.bundleText());
        Duration took = broker.start();
        narrator.held("the broker is ready at " + broker.baseUrl() + " after " + took.toMillis() + " ms");
    }

    private void job() throws IOException, InterruptedException {
        narrator.chapter("A CI job proves itself and gets one token for one target");
        narrator.say("It sends the token that its platform issued for it in one POST to /oauth2/token,");
        narrator.say("resource=" + INVOICES + ". The answer, verified with the broker's public keys:");
        Token token = attempts.issued(invoiceBot(INVOICES, "invoices:read"));
        narrator.code(shown(token.claims(), "iss", "sub", "aud", "scope", "exp", "jti", "attestation"));
        check(token.seconds() == 120, "the policy grants two minutes, the token lives " + token.seconds() + " s");
        narrator.held("a JWT for exactly that target, for one action, for two minutes");
    }

    private void notTheJob() throws IOException, InterruptedException {
        narrator.chapter("Everything else is refused");
        narrator.say("The same job at another target: no policy lets it reach the ledger.");
        attempts.refused(invoiceBot(LEDGER, "ledger:read"), "invalid_target");
        narrator.say("Another branch: not what was registered, so nobody's agent.");
        attempts.refused(job(broker.baseUrl(), Map.of("ref", "refs/heads/feature")), "unauthorized_client");
        narrator.say("Another repository of the same organisation: proven, but nobody registered it.");
        attempts.refused(
                job(broker.baseUrl(), Map.of("repository_id", "2002", "repository", "acme/side-project")),
                "unauthorized_client");
        narrator.say("A token that was meant for somebody else: good signature, wrong audience.");
        attempts.refused(job("https://cloud.example", Map.of()), "invalid_grant");
        narrator.held("four refusals, each told which part failed");
    }

    private void pod() throws IOException, InterruptedException {
        narrator.chapter("A pod in Kubernetes, by a condition on its namespace");
        narrator.say("The service account report-writer, in the namespace billing:");
        Token token = attempts.issued(pod("billing"));
        narrator.code(shown(token.claims(), "sub", "aud", "scope"));
        narrator.say("A service account of the same name, in the namespace staging:");
        attempts.refused(pod("staging"), "invalid_target");
        narrator.held("the same agent by name, but only one of them runs where it may");
    }

    private Ask invoiceBot(String resource, String scope) {
        return new Ask("invoice-bot", ci.token(broker.baseUrl(), Map.of()), resource, scope);
    }

    private Ask job(String audience, Map<String, String> changes) {
        return new Ask(null, ci.token(audience, changes), INVOICES, "invoices:read");
    }

    private Ask pod(String namespace) {
        return new Ask(
                "report-writer",
                cluster.token(broker.baseUrl(), Map.of("namespace", namespace)),
                INVOICES,
                "invoices:read");
    }

    private static String shown(Map<String, Object> claims, String... names) {
        return List.of(names).stream()
                .map(name -> "%-12s %s".formatted(name, claims.get(name)))
                .collect(Collectors.joining("\n"));
    }
}
