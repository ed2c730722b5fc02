package dev.sallyport.attestation;

import com.nimbusds.jose.util.JSONObjectUtils;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A network of a few documents, which counts what it is asked. */
final class FakeFetch implements Fetch {

    private final Map<String, byte[]> documents = new ConcurrentHashMap<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();

    static FakeFetch nothing() {
        return new FakeFetch();
    }

    FakeFetch serve(String url, String document) {
        documents.put(url, document.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    FakeFetch serveKeys(String url, TestKey... keys) {
        return serve(url, jwks(keys));
    }

    FakeFetch fail(String url) {
        documents.remove(url);
        return this;
    }

    static String jwks(TestKey... keys) {
        return JSONObjectUtils.toJSONString(
                Map.of("keys", Arrays.stream(keys).map(TestKey::jwk).toList()));
    }

    List<String> asked() {
        return asked;
    }

    int count() {
        return asked.size();
    }

    @Override
    public byte[] get(URI uri) throws IOException {
        asked.add(uri.toString());
        byte[] document = documents.get(uri.toString());
        if (document == null) {
            throw new IOException(uri + " can't be reached");
        }
        return document;
    }
}
