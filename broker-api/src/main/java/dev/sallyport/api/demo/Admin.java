package dev.sallyport.api.demo;

import com.nimbusds.jose.util.JSONObjectUtils;
import dev.sallyport.api.demo.Attempts.Ask;
import dev.sallyport.api.demo.Attempts.Attempt;
import dev.sallyport.api.demo.Calls.Answer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The admin's part of the story: a CI job that the bundle lets administer. */
final class Admin {

    static final String SCOPES = "policy:read policy:write revocation:write audit:read";

    private static final String POLICY = "/v1/policies/billing-reads";
    private static final Duration HISTORY_FOLLOWS = Duration.ofSeconds(10);

    private final Narrator narrator;
    private final Calls calls;
    private final Attempts attempts;
    private final BrokerProcess broker;
    private String token = "";

    Admin(Narrator narrator, Calls calls, Attempts attempts, BrokerProcess broker) {
        this.narrator = narrator;
        this.calls = calls;
        this.attempts = attempts;
        this.broker = broker;
    }

    /** By the same door as every agent. */
    void login(String evidence) throws IOException, InterruptedException {
        narrator.chapter("The admin comes in by the same door");
        narrator.say("A job of acme/platform asks for the broker's own API; no password, no API key:");
        String api = broker.baseUrl() + "/v1";
        narrator.code("resource=" + api + "  scope=" + SCOPES);
        token = attempts.issued(new Ask("platform-team", evidence, api, SCOPES)).compact();
        narrator.held("an access token for " + api);
    }

    void changesPolicy(Ask ask) throws IOException, InterruptedException {
        narrator.chapter("A policy changes, and the next request is decided by it");
        Answer before = calls.get(POLICY, token);
        check(before, 200);
        Map<String, Object> policy = before.body();
        policy.put("targets", List.of("invoices", "ledger"));
        policy.put("actions", List.of("invoices:read", "ledger:read"));
        String changed = JSONObjectUtils.toJSONString(policy);
        narrator.say("The admin lets billing read the ledger too, if nobody changed the policy meanwhile:");
        narrator.code("PUT " + POLICY + "  If-Match: " + before.etag());
        narrator.code(
                "{... \"targets\": [\"invoices\", \"ledger\"], \"actions\": [\"invoices:read\", \"ledger:read\"] ...}");
        Answer after = calls.put(POLICY, token, before.etag(), changed);
        check(after, 200);
        check(calls.put(POLICY, token, before.etag(), changed), 412);
        var _ = attempts.issued(ask);
        narrator.held("invoice-bot has a token for the ledger; the same PUT once more is stale: 412");
    }

    void suspends(Ask ask) throws IOException, InterruptedException {
        narrator.chapter("The kill switch");
        narrator.say("POST /v1/agents/invoice-bot/suspend; then invoice-bot asks again:");
        check(calls.post("/v1/agents/invoice-bot/suspend", token, "{\"reason\": \"odd behaviour\"}"), 200);
        attempts.refused(ask, "unauthorized_client");
        check(calls.post("/v1/agents/invoice-bot/resume", token, "{\"reason\": \"looked into\"}"), 200);
        var _ = attempts.issued(ask);
        narrator.held("refused at once, and served again after POST /v1/agents/invoice-bot/resume");
    }

    void looksBack() throws IOException, InterruptedException {
        narrator.chapter("The broker is killed hard, and the history is all there");
        narrator.say("kill -9, and a new start on the same directory. Then GET /v1/issuances?agent=invoice-bot:");
        broker.killHard();
        Duration took = broker.start();
        List<Map<String, Object>> items = history("invoice-bot");
        items.forEach(item -> narrator.code(line(item)));
        var _ = history("report-writer");
        var _ = history("platform-team");
        narrator.held("ready again after " + took.toMillis() + " ms; the history is exactly what the agents were told");
        Auditor auditor = Auditor.login(broker.login("sallyport_auditor"));
        for (Attempt attempt : attempts.made()) {
            Answer entry = calls.get("/v1/issuances/" + attempt.id(), token);
            check(entry, 200);
            Story.check(
                    attempt.outcome().equals(entry.text("outcome"))
                            && auditor.holds(Base64.getDecoder().decode(entry.text("leaf"))),
                    "entry " + attempt.id() + " is not in the log as it was told");
        }
        Story.check(auditor.rootHolds(), "the Merkle tree over the leaves does not match the head");
        narrator.held(
                "all " + attempts.made().size() + " answers to proven callers are found by id, and in PostgreSQL");
        narrator.held("the Merkle tree over the log's " + auditor.entries() + " entries matches the head");
    }

    /** What the history says of an agent, once it has caught up; throws unless that is what the agent was told. */
    private List<Map<String, Object>> history(String agent) throws IOException, InterruptedException {
        List<Attempt> told = attempts.made().stream()
                .filter(attempt -> agent.equals(attempt.agent()))
                .toList();
        long deadline = System.nanoTime() + HISTORY_FOLLOWS.toNanos();
        while (true) {
            Answer answer = calls.get("/v1/issuances?agent=" + agent, token);
            check(answer, 200);
            List<Map<String, Object>> items = items(answer);
            if (items.stream().map(item -> attempt(agent, item)).toList().equals(told)) {
                return items;
            }
            Story.check(System.nanoTime() < deadline, "the history of " + agent + " is " + items + ", not " + told);
            Thread.sleep(100);
        }
    }

    /** Oldest first. */
    @SuppressWarnings("unchecked") // The description of the API says so.
    private static List<Map<String, Object>> items(Answer answer) {
        return new ArrayList<>((List<Map<String, Object>>)
                        Objects.requireNonNull(answer.body().get("items")))
                .reversed();
    }

    private static Attempt attempt(String agent, Map<String, Object> item) {
        String outcome = String.valueOf(item.get("outcome"));
        return new Attempt(agent, outcome, String.valueOf(item.get(outcome.equals("issued") ? "jti" : "decisionId")));
    }

    private static String line(Map<String, Object> item) {
        return "%s  %-8s %-9s %s"
                .formatted(
                        item.get("time"),
                        item.get("outcome"),
                        Objects.requireNonNullElse(item.get("target"), ""),
                        "issued".equals(item.get("outcome")) ? item.get("actions") : item.get("reason"));
    }

    private static void check(Answer answer, int status) {
        Story.check(
                answer.status() == status,
                status + " was expected, but the answer was " + answer.status() + " " + answer.body());
    }
}
