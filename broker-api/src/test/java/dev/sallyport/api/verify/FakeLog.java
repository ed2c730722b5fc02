package dev.sallyport.api.verify;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sallyport.core.Hash;
import dev.sallyport.core.log.Merkle;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A log that is served by the formats' specifications, word by word, and that can be made to lie.
 *
 * <p>Entries, hash tiles and signed root are three lists, so that each can be changed without the others. Checkpoints are given
 * out one after the other; the last one stays.
 */
final class FakeLog implements AutoCloseable {

    static final String ORIGIN = "broker.example/log";

    /** What the log is said to hold at one time. */
    private record State(List<byte[]> served, List<byte[]> hashed, String note) {}

    private final HttpServer server;
    private final KeyPair keys;
    private final List<State> states = new ArrayList<>();
    private final Map<String, Integer> requests = new HashMap<>();
    private int state = -1;

    FakeLog() {
        try {
            keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (GeneralSecurityException | IOException e) {
            throw new AssertionError(e);
        }
        server.createContext("/log/", this::answer);
        server.start();
    }

    static List<byte[]> leaves(int count) {
        List<byte[]> leaves = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            leaves.add(("{\"number\":\"" + i + "\"}").getBytes(StandardCharsets.UTF_8));
        }
        return leaves;
    }

    String url() {
        return "http://localhost:" + server.getAddress().getPort();
    }

    /** An honest state. */
    FakeLog then(List<byte[]> leaves) {
        return then(leaves, leaves, checkpoint(leaves));
    }

    /** A state that shows other entries, or other hashes, than were signed. */
    FakeLog then(List<byte[]> served, List<byte[]> hashed, String note) {
        states.add(new State(List.copyOf(served), List.copyOf(hashed), note));
        return this;
    }

    int requests(String path) {
        return requests.getOrDefault(path, 0);
    }

    String key() {
        byte[] typed = new byte[33];
        byte[] encoded = keys.getPublic().getEncoded();
        typed[0] = 1;
        System.arraycopy(encoded, encoded.length - 32, typed, 1, 32);
        return ORIGIN + "+" + Hash.hex(id(typed)) + "+" + Base64.getEncoder().encodeToString(typed);
    }

    private static byte[] id(byte[] typed) {
        return Arrays.copyOf(Hash.sha256((ORIGIN + "\n").getBytes(StandardCharsets.UTF_8), typed), 4);
    }

    String checkpoint(List<byte[]> leaves) {
        String text = ORIGIN + "\n" + leaves.size() + "\n" + Base64.getEncoder().encodeToString(root(leaves)) + "\n";
        try {
            Signature signer = Signature.getInstance("Ed25519");
            signer.initSign(keys.getPrivate());
            signer.update(text.getBytes(StandardCharsets.UTF_8));
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            line.writeBytes(id(Base64.getDecoder().decode(key().split("\\+", 3)[2])));
            line.writeBytes(signer.sign());
            return text + "\n\u2014 witness.example AAAAAAAA\n\u2014 " + ORIGIN + " "
                    + Base64.getEncoder().encodeToString(line.toByteArray()) + "\n";
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** RFC 6962 section 2.1, word by word. */
    static byte[] root(List<byte[]> leaves) {
        int n = leaves.size();
        if (n == 0) {
            return Hash.sha256();
        }
        if (n == 1) {
            return Merkle.leaf(leaves.getFirst());
        }
        int k = Integer.highestOneBit(n - 1);
        return Merkle.node(root(leaves.subList(0, k)), root(leaves.subList(k, n)));
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        requests.merge(path, 1, Integer::sum);
        byte[] body = switch (path) {
            case "/log/key" -> (key() + "\n").getBytes(StandardCharsets.UTF_8);
            case "/log/checkpoint" -> next().note().getBytes(StandardCharsets.UTF_8);
            default -> tile(path.substring("/log/tile/".length()), states.get(state));
        };
        exchange.sendResponseHeaders(body.length == 0 ? 404 : 200, body.length == 0 ? -1 : body.length);
        try (exchange) {
            exchange.getResponseBody().write(body);
        }
    }

    private State next() {
        state = Math.min(state + 1, states.size() - 1);
        return states.get(state);
    }

    private static byte[] tile(String path, State state) {
        String[] kindAndRest = path.split("/", 2);
        String[] numberAndWidth = kindAndRest[1].split("\\.p/", 2);
        int number = Integer.parseInt(numberAndWidth[0].replace("/", "").replace("x", ""));
        int width = numberAndWidth.length == 1 ? 256 : Integer.parseInt(numberAndWidth[1]);
        return kindAndRest[0].equals("entries")
                ? bundle(state.served(), number * 256, width)
                : hashes(state.hashed(), Integer.parseInt(kindAndRest[0]), number * 256, width);
    }

    private static byte[] bundle(List<byte[]> leaves, int first, int width) {
        ByteArrayOutputStream bundle = new ByteArrayOutputStream();
        for (byte[] leaf : leaves.subList(Math.min(first, leaves.size()), Math.min(first + width, leaves.size()))) {
            bundle.write(leaf.length >> 8);
            bundle.write(leaf.length);
            bundle.writeBytes(leaf);
        }
        return bundle.toByteArray();
    }

    private static byte[] hashes(List<byte[]> leaves, int level, int first, int width) {
        int span = 1 << (8 * level);
        ByteArrayOutputStream hashes = new ByteArrayOutputStream();
        for (int i = first; i < first + width && (i + 1) * span <= leaves.size(); i++) {
            hashes.writeBytes(root(leaves.subList(i * span, (i + 1) * span)));
        }
        return hashes.toByteArray();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
