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
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
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
            case Receipt receipt
            when Preference.isFor(MediaType.APPLICATION_JSON, LogEndpoints.TEXT, request) ->
                receipt(MediaType.APPLICATION_JSON, json(receipt));
            case Receipt receipt -> receipt(LogEndpoints.TEXT, LogEndpoints.bytes(text(receipt)));
            case NotYet() -> throw LogEndpoints.notYet("no checkpoint covers the token yet");
            case Unknown() -> throw new Problem(404, "not-found", "there is no such token in the log");
        };
    }

    private static ServerResponse receipt(MediaType type, Object body) {
        return ServerResponse.ok()
                .contentType(type)
                .cacheControl(CacheControl.noStore())
                .header(HttpHeaders.VARY, HttpHeaders.ACCEPT)
                .body(body);
    }

    private static String text(Receipt receipt) {
        StringBuilder text = new StringBuilder("c2sp.org/tlog-proof@v1\nextra ")
                .append(base64(receipt.leaf()))
                .append("\nindex ")
                .append(receipt.index())
                .append('\n');
        receipt.path().forEach(hash -> text.append(base64(hash)).append('\n'));
        return text.append('\n').append(receipt.checkpoint()).toString();
    }

    private static Map<String, Object> json(Receipt receipt) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("index", receipt.index());
        json.put("leaf", base64(receipt.leaf()));
        json.put("proof", receipt.path().stream().map(ReceiptEndpoints::base64).toList());
        json.put("checkpoint", receipt.checkpoint());
        return json;
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
