package dev.sallyport.api.admin;

import dev.sallyport.core.attest.Claims;
import dev.sallyport.core.attest.TrustProvider;
import dev.sallyport.core.attest.Verdict;
import dev.sallyport.core.attest.Verdict.Rejected;
import dev.sallyport.core.attest.Verdict.Verified;
import dev.sallyport.core.log.Entry;
import dev.sallyport.store.Author;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What came of a trial: for whoever made it, and for the log. */
record TrialAnswer(TrustProvider provider, Verdict verdict) {

    static TrialAnswer of(TrustProvider provider, Verdict verdict) {
        return new TrialAnswer(provider, verdict);
    }

    Map<String, @Nullable Object> body() {
        Map<String, @Nullable Object> body = new LinkedHashMap<>();
        switch (verdict) {
            case Rejected(var check, var detail) -> {
                body.put("accepted", false);
                body.put("check", check.label());
                body.put("detail", detail);
                body.put("attestation", null);
            }
            case Verified verified -> {
                body.put("accepted", true);
                body.put("check", null);
                body.put("detail", null);
                body.put("attestation", attestation(verified));
            }
        }
        return body;
    }

    private Map<String, Object> attestation(Verified verified) {
        Map<String, Object> claims = new TreeMap<>();
        verified.claims().asMap().forEach((name, value) -> claims.put(name, json(value)));
        Map<String, Object> attestation = new LinkedHashMap<>();
        attestation.put("provider", provider.name());
        attestation.put("type", provider.type());
        attestation.put("subject", verified.subject());
        attestation.put("claims", claims);
        attestation.put("issued", verified.issued().toString());
        attestation.put("expires", verified.expires().toString());
        attestation.put("digest", verified.digest());
        return attestation;
    }

    private static Object json(Claims.Value value) {
        return switch (value) {
            case Claims.One(var text) -> text;
            case Claims.Many(var texts) -> texts;
        };
    }

    /** Who tried which provider, and what came of it: nothing of what the evidence says. */
    Entry entry(Instant now, TriedEvidence evidence, Instant at, Author author, String replica) {
        Map<String, Object> detail = new TreeMap<>();
        detail.put("author", author.name());
        if (author.token() != null) {
            detail.put("token", author.token().toString());
        }
        detail.put("provider", provider.name());
        detail.put("digest", evidence.digest());
        detail.put("at", at.toString());
        detail.put("replica", replica);
        if (verdict instanceof Rejected(var check, var _)) {
            detail.put("check", check.label());
        }
        return new Entry(now, "trial", verdict instanceof Verified ? "accepted" : "rejected", null, detail);
    }
}
