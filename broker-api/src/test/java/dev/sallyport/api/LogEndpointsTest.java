package dev.sallyport.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.util.JSONObjectUtils;
import dev.sallyport.api.RunningBroker.Answer;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The log from outside: whoever checks it shares no code with the broker. */
class LogEndpointsTest {

    static final String BUNDLE = """
            trustProviders:
              - name: ci
                type: github-actions
                issuer: "@platform@"
                audiences: [ acme-broker ]
                keys: { jwksUri: "@platform@/jwks" }
                require: { repository_owner_id: "4242" }
            agents:
              - { name: invoice-bot, kind: workload, bindings: [ { provider: ci, match: { repository_id: "1001" } } ] }
            targets:
              - name: invoices
                resource: https://invoices.example/mcp
                kind: mcp-server
                actions: [ "invoices:read" ]
                defaultActions: [ "invoices:read" ]
            policies:
              - { name: bots, effect: allow, agents: [ { name: invoice-bot } ], targets: [ invoices ], actions: [ "*" ] }
              - { name: audit, effect: allow, agents: [ { name: invoice-bot } ], targets: [ sallyport ], actions: [ "audit:read" ] }
            """;

    @TempDir
    static Path directory;

    static TestPlatform platform;
    static RunningBroker broker;

    @BeforeAll
    static void start() {
        platform = TestPlatform.start();
        broker = RunningBroker.start(directory, platform, BUNDLE);
    }

    @AfterAll
    static void stop() {
        broker.close();
        platform.close();
    }

    @Test
    void a_receipt_of_a_token_just_issued_verifies() throws Exception {
        String token = token();
        String path = "/log/receipt/" + hex(sha256(bytes(token)));
        Answer answer = receipt(path);
        String[] lines = answer.http().body().split("\n", -1);
        assertThat(answer.http().headers().firstValue("Content-Type")).hasValue("text/plain;charset=UTF-8");
        assertThat(lines[0]).isEqualTo("c2sp.org/tlog-proof@v1");
        byte[] leaf = base64(lines[1].replaceFirst("^extra ", ""));
        long index = Long.parseLong(lines[2].replaceFirst("^index ", ""));
        int end = Arrays.asList(lines).indexOf("");
        List<byte[]> proof = Stream.of(lines)
                .limit(end)
                .skip(3)
                .map(LogEndpointsTest::base64)
                .toList();
        String note = String.join("\n", Arrays.asList(lines).subList(end + 1, lines.length));

        assertThat(JSONObjectUtils.parse(new String(leaf, StandardCharsets.UTF_8)))
                .containsEntry("token_sha256", hex(sha256(bytes(token))))
                .containsEntry("outcome", "issued");
        String[] head = verified(note);
        long size = Long.parseLong(head[1]);
        assertThat(root(index, size, sha256(new byte[] {0}, leaf), proof)).isEqualTo(base64(head[2]));

        Answer json = broker.send(broker.request(path).header("Accept", "application/json"));
        assertThat(json.body())
                .containsOnlyKeys("index", "leaf", "proof", "checkpoint")
                .containsEntry("index", index);
    }

    @Test
    void an_auditor_gets_the_receipt_by_the_tokens_id() throws Exception {
        String audit = token("resource", broker.issuer() + "/v1", "scope", "audit:read");
        String claims = new String(Base64.getUrlDecoder().decode(audit.split("\\.", -1)[1]), StandardCharsets.UTF_8);
        String path = "/v1/issuances/" + JSONObjectUtils.parse(claims).get("jti") + "/receipt";
        assertThat(broker.send(broker.request(path)).status()).isEqualTo(401);
        await().atMost(Duration.ofSeconds(2))
                .until(() -> broker.send(broker.request(path).header("Authorization", "Bearer " + audit))
                                .status()
                        == 200);
        String other = "/v1/issuances/00000000-0000-0001-0000-000000000001/receipt";
        assertThat(broker.send(broker.request(other).header("Authorization", "Bearer " + audit))
                        .status())
                .isEqualTo(404);
    }

    @Test
    void tiles_and_entries_make_up_the_tree_of_the_checkpoint() throws Exception {
        receipt("/log/receipt/" + hex(sha256(bytes(token()))));
        Answer checkpoint = broker.send(broker.request("/log/checkpoint"));
        String[] head = verified(checkpoint.http().body());
        int size = Integer.parseInt(head[1]);
        byte[] hashes = tile("/log/tile/0/000.p/" + size);
        byte[] entries = tile("/log/tile/entries/000.p/" + size);
        byte[][] level = new byte[size][];
        int at = 0;
        for (int i = 0; i < size; i++) {
            int length = ((entries[at] & 0xff) << 8) | (entries[at + 1] & 0xff);
            level[i] = sha256(new byte[] {0}, Arrays.copyOfRange(entries, at + 2, at + 2 + length));
            assertThat(level[i]).isEqualTo(Arrays.copyOfRange(hashes, 32 * i, 32 * i + 32));
            at += 2 + length;
        }
        assertThat(at).isEqualTo(entries.length);
        assertThat(naiveRoot(level)).isEqualTo(base64(head[2]));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/log/tile/0/000",
                "/log/tile/0/000.p/255",
                "/log/tile/0/001.p/1",
                "/log/tile/1/000.p/1",
                "/log/tile/63/000.p/1",
                "/log/tile/0/x999/x999/x999/x999/x999/999",
                "/log/tile/entries/000",
                "/log/tile/entries/001.p/1",
                "/log/receipt/0000000000000000000000000000000000000000000000000000000000000000",
            })
    void what_is_beyond_the_tree_is_a_problem_document(String path) {
        Answer answer = broker.send(broker.request(path));
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.http().headers().firstValue("Content-Type")).contains("application/problem+json");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/log/tile/0/0",
                "/log/tile/0/0000",
                "/log/tile/0/x000/001",
                "/log/tile/0/x001/x002",
                "/log/tile/0/001/002",
                "/log/tile/0/000.p/0",
                "/log/tile/0/000.p/256",
                "/log/tile/0/000.p/01",
                "/log/tile/0/000.p/",
                "/log/tile/0/-01",
                "/log/tile/64/000",
                "/log/tile/00/000",
                "/log/tile/x/000",
                "/log/tile/0/x999/x999/x999/x999/x999/x999/999",
                "/log/tile/entries/0",
                "/log/receipt/00",
                "/log/receipt/0000000000000000000000000000000000000000000000000000000000000000g",
            })
    void what_can_not_be_is_told(String path) {
        assertThat(broker.send(broker.request(path)).status()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/log/key", "/log/checkpoint", "/log/tile/0/000", "/log/receipt/00"})
    void nothing_can_be_sent_there(String path) {
        Answer answer = broker.send(broker.request(path).POST(HttpRequest.BodyPublishers.ofString("x")));
        assertThat(answer.status()).isEqualTo(405);
        assertThat(answer.http().body()).isEmpty();
    }

    @Test
    void the_log_key_is_none_that_tokens_verify_with() {
        String key = broker.send(broker.request("/log/key")).http().body();
        assertThat(key).startsWith(broker.issuer().substring("http://".length()) + "/log+");
        byte[] typed = base64(key.strip().split("\\+", 3)[2]);
        String x = Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOfRange(typed, 1, 33));
        assertThat(broker.send(broker.request("/oauth2/jwks")).http().body()).doesNotContain(x);
    }

    private static String token(String... more) {
        Answer answer = broker.exchange(platform.token(broker.issuer(), claims -> {}), more);
        return String.valueOf(answer.body().get("access_token"));
    }

    private static Answer receipt(String path) {
        return await().atMost(Duration.ofSeconds(2))
                .until(() -> broker.send(broker.request(path)), answer -> answer.status() == 200);
    }

    private static byte[] tile(String path) throws Exception {
        HttpResponse<byte[]> answer =
                HttpClient.newHttpClient().send(broker.request(path).build(), HttpResponse.BodyHandlers.ofByteArray());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/octet-stream");
        assertThat(answer.headers().firstValue("Cache-Control").orElse("")).contains("immutable");
        return answer.body();
    }

    /** The three lines of a checkpoint whose signature verifies by the published key. */
    private static String[] verified(String note) throws Exception {
        String[] key =
                broker.send(broker.request("/log/key")).http().body().strip().split("\\+", 3);
        byte[] typed = base64(key[2]);
        assertThat(typed).hasSize(33).startsWith(1);
        byte[] id = Arrays.copyOf(sha256(bytes(key[0] + "\n"), typed), 4);
        assertThat(key[1]).isEqualTo(hex(id));

        String[] parts = note.split("\n\n", 2);
        assertThat(parts[1]).startsWith("— " + key[0] + " ").endsWith("\n");
        byte[] signed = base64(parts[1].strip().split(" ", 3)[2]);
        assertThat(signed).startsWith(id);
        Signature signature = Signature.getInstance("Ed25519");
        byte[] spki = HexFormat.of().parseHex("302a300506032b6570032100" + hex(Arrays.copyOfRange(typed, 1, 33)));
        signature.initVerify(KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(spki)));
        signature.update(bytes(parts[0] + "\n"));
        assertThat(signature.verify(signed, 4, 64)).isTrue();

        String[] lines = parts[0].split("\n", -1);
        assertThat(lines[0]).isEqualTo(key[0]);
        return lines;
    }

    /** RFC 9162 section 2.1.3.2, as recursion from the root downward. */
    static byte[] root(long index, long size, byte[] leafHash, List<byte[]> proof) {
        if (size == 1) {
            assertThat(proof).isEmpty();
            return leafHash;
        }
        long k = Long.highestOneBit(size - 1);
        byte[] sibling = proof.getLast();
        List<byte[]> rest = proof.subList(0, proof.size() - 1);
        return index < k
                ? sha256(new byte[] {1}, root(index, k, leafHash, rest), sibling)
                : sha256(new byte[] {1}, sibling, root(index - k, size - k, leafHash, rest));
    }

    private static byte[] naiveRoot(byte[][] leafHashes) {
        if (leafHashes.length == 1) {
            return leafHashes[0];
        }
        int k = Integer.highestOneBit(leafHashes.length - 1);
        return sha256(
                new byte[] {1},
                naiveRoot(Arrays.copyOf(leafHashes, k)),
                naiveRoot(Arrays.copyOfRange(leafHashes, k, leafHashes.length)));
    }

    static byte[] sha256(byte[]... parts) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (byte[] part : parts) {
                digest.update(part);
            }
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] base64(String text) {
        return Base64.getDecoder().decode(text);
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
