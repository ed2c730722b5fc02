package dev.sallyport.api.history;

import dev.sallyport.store.Issuance;
import dev.sallyport.store.Issuances.Found;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/** An attempt as auditors read it. What is not known is left out. */
final class IssuanceView {

    private static final ObjectMapper JSON = JsonMapper.shared();
    private static final TypeReference<Map<String, @Nullable Object>> OBJECT = new TypeReference<>() {};

    private IssuanceView() {}

    /** One item of the list. */
    static Map<String, @Nullable Object> item(Issuance issuance) {
        Map<String, @Nullable Object> view = new LinkedHashMap<>();
        view.put("index", issuance.index());
        view.put("time", issuance.time().toString());
        view.put("outcome", issuance.outcome());
        view.put("decisionId", issuance.decisionId());
        view.put("jti", issuance.jti());
        view.put("agent", issuance.agent());
        view.put("target", issuance.target());
        view.put("resource", issuance.resource());
        view.put("provider", issuance.provider());
        view.put("actions", issuance.actions());
        view.put("reason", issuance.reason());
        view.put("policyRevision", issuance.policyRevision());
        view.put("erased", issuance.erased() ? true : null);
        return known(view);
    }

    /** Everything of one attempt, and the very bytes that the log holds, so that anyone can check them against it. */
    static Map<String, @Nullable Object> whole(Found found) {
        Map<String, @Nullable Object> view = item(found.issuance());
        Map<String, @Nullable Object> leaf = object(found.leaf());
        Map<String, @Nullable Object> detail = object(found.detail());
        view.put("reasonDetail", detail.get("reason_detail"));
        view.put("attestation", detail.get("attestation"));
        view.put("input", detail.get("input"));
        view.put("policies", detail.get("policies"));
        view.put("clientIp", detail.get("client_ip"));
        view.put("replica", detail.get("replica"));
        view.put("tokenSha256", leaf.get("token_sha256"));
        view.put("expires", leaf.get("expires"));
        view.put("leaf", base64(found.leaf()));
        view.put("detail", base64(found.detail()));
        view.put("salt", base64(found.salt()));
        if (found.erasure() != null) {
            view.put(
                    "erased",
                    Map.of(
                            "index",
                            found.erasure().index(),
                            "time",
                            found.erasure().time().toString()));
        }
        return known(view);
    }

    /** Without what is null. */
    static Map<String, @Nullable Object> known(Map<String, @Nullable Object> view) {
        view.values().removeIf(Objects::isNull);
        return view;
    }

    /** Nothing, where it was erased or is no JSON object: the bytes are shown all the same. */
    static Map<String, @Nullable Object> object(byte @Nullable [] json) {
        if (json == null) {
            return Map.of();
        }
        try {
            Map<String, @Nullable Object> object = JSON.readValue(json, OBJECT);
            return object == null ? Map.of() : object;
        } catch (JacksonException e) {
            return Map.of();
        }
    }

    static @Nullable String base64(byte @Nullable [] bytes) {
        return bytes == null ? null : Base64.getEncoder().encodeToString(bytes);
    }
}
