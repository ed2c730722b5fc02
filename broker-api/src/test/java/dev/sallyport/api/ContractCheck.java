package dev.sallyport.api;

import dev.sallyport.api.ApiDescription.Operation;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.StringNode;

/** Holds every answer that a test sees against the API's description. */
final class ContractCheck {

    private static final ApiDescription API = ApiDescription.PACKED;
    private static final JsonNode PROBLEM = API.root().at("/components/responses/NotFound/content");

    private ContractCheck() {}

    /** Throws an {@link AssertionError} that names the operation and what is wrong with the answer. */
    static void check(HttpRequest request, HttpResponse<String> response) {
        check(request.method(), request.uri().getRawPath(), response.statusCode(), response.headers(), response.body());
    }

    static void check(String method, String path, int status, HttpHeaders headers, String body) {
        Optional<Operation> operation = API.operation(method, path);
        List<String> problems = operation.isPresent()
                ? described(operation.get(), method, status, headers, body)
                : undescribed(method, path, status, headers, body);
        if (!problems.isEmpty()) {
            throw new AssertionError(operation.map(Operation::toString).orElse(method + " " + path) + " answered "
                    + status + ", against docs/openapi.yaml: " + String.join("; ", problems));
        }
    }

    private static List<String> described(
            Operation operation, String method, int status, HttpHeaders headers, String body) {
        JsonNode declared = operation.node().at("/responses/" + status);
        if (declared.isMissingNode()) {
            return List.of("the status is not declared");
        }
        JsonNode response = API.resolved(declared);
        List<String> problems = new ArrayList<>(headers(response, headers));
        if (!method.equals("HEAD")) {
            problems.addAll(content(response.get("content"), headers, body));
        }
        return problems;
    }

    /** What is not described does not exist: and under /v1 nothing shows that to whoever has no token. */
    private static List<String> undescribed(String method, String path, int status, HttpHeaders headers, String body) {
        boolean admin = path.equals("/v1") || path.startsWith("/v1/");
        Set<Integer> allowed = admin ? Set.of(401, 404, 405) : Set.of(404, 405);
        if (!allowed.contains(status)) {
            return List.of("the operation is not described");
        }
        List<String> problems = new ArrayList<>();
        if (status == 405 && headers.firstValue("Allow").isEmpty()) {
            problems.add("the header Allow is missing");
        }
        if (admin && !method.equals("HEAD")) {
            problems.addAll(content(PROBLEM, headers, body));
        }
        return problems;
    }

    private static List<String> headers(JsonNode response, HttpHeaders headers) {
        List<String> problems = new ArrayList<>();
        response.path("headers").properties().forEach(each -> {
            JsonNode header = API.resolved(each.getValue());
            Optional<String> value = headers.firstValue(each.getKey());
            if (value.isEmpty() && header.path("required").asBoolean(false)) {
                problems.add("the header " + each.getKey() + " is missing");
            }
            value.ifPresent(text -> valid(header.get("schema"), StringNode.valueOf(text))
                    .forEach(problem -> problems.add("the header " + each.getKey() + problem)));
        });
        return problems;
    }

    private static List<String> content(JsonNode content, HttpHeaders headers, String body) {
        if (content == null) {
            return body.isEmpty() ? List.of() : List.of("there is a body, and none is declared");
        }
        String type = headers.firstValue("Content-Type").orElse("none").split(";", 2)[0];
        JsonNode media = content.get(type);
        if (media == null) {
            return List.of("the content type is " + type + ", not one of " + content.propertyNames());
        }
        try {
            return valid(
                    media.get("schema"),
                    type.equals("application/json") || type.endsWith("+json")
                            ? JsonMapper.shared().readTree(body)
                            : StringNode.valueOf(body));
        } catch (JacksonException e) {
            return List.of("the body is not JSON: " + e.getOriginalMessage());
        }
    }

    private static List<String> valid(JsonNode schema, JsonNode value) {
        return DescribedSchemas.PACKED.problems(schema, value);
    }
}
