package dev.sallyport.api.policytest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class PolicyCommandTest {

    private static final String BUNDLE = """
            trustProviders:
              - { name: ci, type: github-actions, audiences: [ acme-broker ], require: { repository_owner_id: "4242" } }
            agents:
              - { name: invoice-bot, kind: workload, bindings: [ { provider: ci, match: { repository_id: "1001" } } ] }
            targets:
              - { name: invoices, resource: "https://invoices.example", kind: api, actions: [ "invoices:read" ] }
            policies:
              - name: reads-from-main
                effect: allow
                agents: [ { name: invoice-bot } ]
                targets: [ invoices ]
                actions: [ "invoices:read" ]
                when: attestation.claims.ref == "refs/heads/main"
                grant: { ttl: PT2M }
            """;

    private static final String TESTS = """
            bundle: bundle.yaml
            tests:
              - name: from the main branch
                request:
                  agent: invoice-bot
                  target: invoices
                  actions: [ "invoices:read" ]
                  attestation: { provider: ci, claims: { ref: refs/heads/main } }
                expect: { outcome: permit, actions: [ "invoices:read" ], constraints: { ttl: PT2M, proofs: [] } }
              - name: not from another
                request:
                  agent: invoice-bot
                  target: invoices
                  actions: [ "invoices:read" ]
                  attestation: { provider: ci, claims: { ref: refs/heads/topic } }
                expect: { outcome: deny }
            """;

    @TempDir
    Path directory;

    private record Ran(int code, String out, String err) {}

    @BeforeEach
    void write() throws IOException {
        Files.writeString(directory.resolve("bundle.yaml"), BUNDLE);
        Files.writeString(directory.resolve("invoices.test.yaml"), TESTS);
    }

    @Test
    void expectations_that_hold_are_exit_code_0() {
        Ran ran = run(directory.toString());

        assertThat(ran.err()).isEmpty();
        assertThat(ran.out()).contains("from the main branch\n").endsWith("2 tests, 0 failed\n");
        assertThat(ran.code()).isZero();
    }

    @Test
    void one_that_does_not_hold_is_named_with_what_would_pass() throws IOException {
        Files.writeString(directory.resolve("invoices.test.yaml"), TESTS.replace("outcome: deny", "outcome: permit"));

        Ran ran = run(directory.toString());
        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.out())
                .contains("not from another: expected permit, was deny")
                .contains("passes if attestation.claims.ref == \"refs/heads/main\"")
                .endsWith("2 tests, 1 failed\n");
        assertThat(run("-o", "json", directory.toString()).out()).contains("\"failed\":1", "\"ok\":false");
    }

    @Test
    void constraints_are_compared() throws IOException {
        Files.writeString(directory.resolve("invoices.test.yaml"), TESTS.replace("ttl: PT2M", "ttl: PT5M"));

        assertThat(run(directory.toString()).out()).contains("expected constraints.ttl PT5M, was PT2M");
    }

    @Test
    void policies_of_other_files_stand_in_place_of_the_bundles() throws IOException {
        Files.writeString(directory.resolve("none.yaml"), """
                name: never
                effect: deny
                agents: [ { name: "*" } ]
                targets: [ invoices ]
                actions: [ "*" ]
                """);
        Files.writeString(
                directory.resolve("invoices.test.yaml"), TESTS.replace("tests:", "policies: [ none.yaml ]\ntests:"));

        assertThat(run(directory.toString()).out()).contains("from the main branch: expected permit, was deny");
    }

    @Test
    void a_mistake_is_named_with_its_file_and_field() throws IOException {
        Files.writeString(
                directory.resolve("invoices.test.yaml"), TESTS.replace("agent: invoice-bot", "agent: nobody"));

        Ran ran = run(directory.toString());
        assertThat(ran.code()).isEqualTo(2);
        assertThat(ran.err()).contains("invoices.test.yaml: tests[0].request.agent: no agent is named nobody");
        assertThat(run(directory.resolve("nowhere").toString()).code()).isEqualTo(2);
    }

    @Test
    void the_example_of_the_documentation_holds() {
        Ran ran = run("../docs/examples/policies");

        assertThat(ran.err()).isEmpty();
        assertThat(ran.out()).endsWith("6 tests, 0 failed\n");
        assertThat(ran.code()).isZero();
    }

    private static Ran run(String... words) {
        String[] args = new String[words.length + 1];
        args[0] = "test";
        System.arraycopy(words, 0, args, 1, words.length);
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = new CommandLine(new PolicyCommand())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(args);
        return new Ran(code, out.toString(), err.toString());
    }
}
