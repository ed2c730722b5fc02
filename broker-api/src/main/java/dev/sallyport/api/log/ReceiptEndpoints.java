package dev.sallyport.api.log;

import dev.sallyport.api.web.Parameters;
import dev.sallyport.api.web.Preference;
import dev.sallyport.api.web.Problem;
import dev.sallyport.core.Invalid;
import dev.sallyport.store.PublicLog;
import dev.sallyport.store.ReceiptAnswer;
import dev.sallyport.store.ReceiptAnswer.NotYet;
import dev.sallyport.store.ReceiptAnswer.Receipt;
import dev.sallyport.store.ReceiptAnswer.Unknown;
import dev.sallyport.store.ReceiptAnswer.UnknownFrom;
import dev.sallyport.store.ReceiptAnswer.WithoutLeaf;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/**
 * Receipts: proof that a token is in the log, as a C2SP tlog-proof with the leaf as its extra data, or as JSON.
 *
 * <p>Whoever knows the hash of a token holds the token, so that needs no other; a {@code jti} is no secret.
 */
public final class ReceiptEndpoints {

    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

    /**
     * What a receipt says.
     *
     * @param leaf in base64; null where it has been archived
     */
    private record Proof(long index, @Nullable String leaf, List<byte[]> path, String checkpoint) {}

    private ReceiptEndpoints() {}

    static RouterFunction<ServerResponse> byToken(PublicLog log) {
        return RouterFunctions.route()
                .GET("/log/receipt/{tokenSha256}", request -> {
                    String hash = request.pathVariable("tokenSha256");
                    Invalid.unless(SHA256.matcher(hash).matches(), "tokenSha256", "must be 64 hexadecimal digits");
                    return answer(log.receipt(hash), request);
                })
                .build();
    }

    /** By the {@code jti} of the token, for auditors; whoever may ask is for the routes around it to decide. */
    public static RouterFunction<ServerResponse> byJti(PublicLog log) {
        return RouterFunctions.route()
                .GET(
                        "/v1/issuances/{jti}/receipt",
                        request -> answer(
                                Parameters.uuid(request, "jti")
                                        .map(log::receipt)
                                        .orElseGet(Unknown::new),
                                request))
                .build();
    }

    private static ServerResponse answer(ReceiptAnswer answer, ServerRequest request) {
        return switch (answer) {
            case Receipt(long index, byte[] leaf, var path, var checkpoint) ->
                proof(new Proof(index, base64(leaf), path, checkpoint), request);
            case WithoutLeaf(long index, var path, var checkpoint) ->
                proof(new Proof(index, null, path, checkpoint), request);
            case NotYet() -> throw LogEndpoints.notYet("no checkpoint covers the token yet");
            case Unknown() -> throw new Problem(404, "not-found", "there is no such token in the log");
            case UnknownFrom(long first) -> throw unknownFrom(first);
        };
    }

    private static Problem unknownFrom(long first) {
        return new Problem(
                404,
                "not-found",
                "there is no such token in the log from entry " + first + " on; those before have been archived");
    }

    private static ServerResponse proof(Proof proof, ServerRequest request) {
        return Preference.isFor(MediaType.APPLICATION_JSON, LogEndpoints.TEXT, request)
                ? receipt(MediaType.APPLICATION_JSON, json(proof))
                : receipt(LogEndpoints.TEXT, LogEndpoints.bytes(text(proof)));
    }

    private static ServerResponse receipt(MediaType type, Object body) {
        return ServerResponse.ok()
                .contentType(type)
                .cacheControl(CacheControl.noStore())
                .header(HttpHeaders.VARY, HttpHeaders.ACCEPT)
                .body(body);
    }

    private static String text(Proof proof) {
        StringBuilder text = new StringBuilder("c2sp.org/tlog-proof@v1\n");
        if (proof.leaf() != null) {
            text.append("extra ").append(proof.leaf()).append('\n');
        }
        text.append("index ").append(proof.index()).append('\n');
        proof.path().forEach(hash -> text.append(base64(hash)).append('\n'));
        return text.append('\n').append(proof.checkpoint()).toString();
    }

    private static Map<String, Object> json(Proof proof) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("index", proof.index());
        if (proof.leaf() != null) {
            json.put("leaf", proof.leaf());
        }
        json.put("proof", proof.path().stream().map(ReceiptEndpoints::base64).toList());
        json.put("checkpoint", proof.checkpoint());
        return json;
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
