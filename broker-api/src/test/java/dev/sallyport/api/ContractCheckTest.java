package dev.sallyport.api;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.http.HttpHeaders;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The check of answers finds what does not fit the description. */
class ContractCheckTest {

    private static final String TOKEN = """
            {"access_token":"a.b.c","token_type":"Bearer","expires_in":120,"scope":"invoices:read"}""";

    @Test
    void an_answer_that_fits_passes() {
        assertThatCode(() -> check("POST", "/oauth2/token", 200, TOKEN)).doesNotThrowAnyException();
    }

    @Test
    void a_status_that_is_not_declared_is_found() {
        finds("the status is not declared", "POST", "/oauth2/token", 418, TOKEN);
    }

    @Test
    void a_field_that_nobody_described_is_found() {
        finds("refresh_token", "POST", "/oauth2/token", 200, TOKEN.replace("{", "{\"refresh_token\":\"x\","));
    }

    @Test
    void a_missing_field_is_found() {
        finds("scope", "POST", "/oauth2/token", 200, TOKEN.replace(",\"scope\":\"invoices:read\"", ""));
    }

    @Test
    void a_body_that_is_not_json_is_found() {
        finds("the body is not JSON", "POST", "/oauth2/token", 200, "{");
    }

    @Test
    void a_missing_header_is_found() {
        finds("Retry-After is missing", "POST", "/oauth2/token", 503, """
                {"error":"temporarily_unavailable","error_description":"later"}""");
    }

    @Test
    void a_header_with_another_value_is_found() {
        finds("Cache-Control", "GET", "/oauth2/jwks", 200, "{\"keys\":[]}");
    }

    @Test
    void another_content_type_is_found() {
        assertThatThrownBy(() ->
                        ContractCheck.check("POST", "/oauth2/token", 200, headers("Content-Type", "text/html"), TOKEN))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("text/html");
    }

    @Test
    void what_is_not_described_may_only_be_missing() {
        assertThatCode(() -> check("GET", "/nowhere", 404, "")).doesNotThrowAnyException();
        finds("the operation is not described", "GET", "/nowhere", 200, "{}");
        finds("Allow is missing", "GET", "/oauth2/token", 405, "{}");
    }

    private static void finds(String problem, String method, String path, int status, String body) {
        assertThatThrownBy(() -> check(method, path, status, body))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining(method + " " + path)
                .hasMessageContaining(problem);
    }

    private static void check(String method, String path, int status, String body) {
        ContractCheck.check(
                method, path, status, headers("Content-Type", "application/json", "Cache-Control", "no-store"), body);
    }

    private static HttpHeaders headers(String... namesAndValues) {
        Map<String, List<String>> headers = new TreeMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            headers.put(namesAndValues[i], List.of(namesAndValues[i + 1]));
        }
        return HttpHeaders.of(headers, (name, value) -> true);
    }
}
