package dev.sallyport.core;

import dev.sallyport.core.attest.Attestation;
import dev.sallyport.core.attest.Claims;
import dev.sallyport.core.directory.Agent;
import dev.sallyport.core.log.Entry;
import dev.sallyport.core.policy.McpTool;
import dev.sallyport.core.possession.Confirmation;
import dev.sallyport.core.token.MintedToken;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Writes down an attempt: everything an auditor needs, and everything needed to decide it again. */
final class TrialEntry {

    /** Resources of a request that names too many are not all kept. */
    private static final int MAX_RESOURCES = 4;

    private TrialEntry() {}

    static Entry of(Trial trial, Trial.End end, long revision, String replica) {
        Map<String, Object> detail = new TreeMap<>();
        detail.put("decision_id", trial.decisionId().toString());
        detail.put("attestation", attestation(trial.proof()));
        detail.put("input", input(trial));
        detail.put("policy_revision", revision);
        detail.put("policies", end.policies());
        detail.put("client_ip", trial.request().ip());
        detail.put("replica", replica);
        if (trial.agent() != null) {
            detail.put("agent", trial.agent().name());
        }
        if (trial.target() != null) {
            detail.put("target", trial.target().name());
        }
        MintedToken token = end.token();
        detail.put("actions", token == null ? trial.request().actions() : token.actions());
        if (end.refusal() != null) {
            detail.put("reason", end.refusal().reason());
            detail.put("reason_detail", end.refusal().detail());
        }
        return new Entry(trial.time(), Entry.ISSUANCE, token == null ? "refused" : "issued", facts(token), detail);
    }

    private static Entry.@Nullable TokenFacts facts(@Nullable MintedToken token) {
        return token == null ? null : new Entry.TokenFacts(token.jti(), token.sha256(), token.expires());
    }

    private static Map<String, Object> attestation(Attestation proof) {
        Map<String, Object> claims = new TreeMap<>();
        proof.claims().asMap().forEach((name, value) -> claims.put(name, json(value)));
        return Map.of(
                "provider", proof.provider(),
                "type", proof.type(),
                "subject", proof.subject(),
                "claims", claims,
                "issued", proof.issued().getEpochSecond(),
                "expires", proof.expires().getEpochSecond(),
                "digest", proof.digest());
    }

    private static Object json(Claims.Value value) {
        return switch (value) {
            case Claims.One(var text) -> text;
            case Claims.Many(var list) -> list;
        };
    }

    /** The normalised decision input: with the attestation beside it, enough to decide again. */
    private static Map<String, Object> input(Trial trial) {
        TokenRequest request = trial.request();
        Map<String, Object> input = new TreeMap<>();
        input.put("time", trial.time().toEpochMilli());
        input.put("ip", request.ip());
        Confirmation proven = request.possession().proven();
        input.put("proof", proven.method());
        if (!proven.isNone()) {
            input.put(Confirmation.CLAIM, proven.members());
        }
        input.put("actions", request.actions());
        input.put("resources", request.resources().stream().limit(MAX_RESOURCES).toList());
        if (!request.tools().isEmpty()) {
            input.put(
                    "authorization_details",
                    request.tools().stream().map(McpTool::json).toList());
        }
        if (request.clientId() != null) {
            input.put("client_id", request.clientId());
        }
        if (trial.agent() != null) {
            input.put("agent", agent(trial.agent()));
        }
        if (!trial.posture().isEmpty()) {
            input.put("posture", trial.posture().json());
        }
        return input;
    }

    private static Map<String, Object> agent(Agent agent) {
        return Map.of("name", agent.name(), "kind", agent.kind().toString(), "labels", agent.labels());
    }
}
