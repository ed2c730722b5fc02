package dev.sallyport.attestation;

import com.nimbusds.jose.util.JSONObjectUtils;
import dev.sallyport.core.attest.TrustProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One file of {@code testdata/<type>/{accept,reject}}: a document, a token, and what must become of it.
 *
 * <p>Tokens are signed in the test. A file that says that it is {@code like} an accepted one only says what differs, as a
 * JSON merge patch (RFC 7396).
 *
 * @param type the trust provider type
 * @param file such as {@code accept/push}
 * @param json its content
 */
record PlatformCase(String type, String file, Map<String, Object> json) {

    private static final String ACCEPT = "accept";

    /** All of them, by type and name. */
    static List<PlatformCase> all() {
        URL folder = Objects.requireNonNull(PlatformCase.class.getResource("testdata"));
        try (Stream<Path> files = Files.walk(Path.of(folder.toURI()))) {
            return files.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .map(PlatformCase::read)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    boolean accepted() {
        return file.startsWith(ACCEPT);
    }

    TrustProvider document() {
        Map<String, Object> document = object(json, "document");
        return new TrustProvider(
                "acme",
                type,
                (String) document.get("issuer"),
                texts(document.get("audiences")),
                TestIssuer.inline(TestIssuer.RSA, TestIssuer.EC, TestIssuer.ED),
                require(),
                texts(document.get("claims")));
    }

    Map<String, List<String>> require() {
        Map<String, List<String>> require = new TreeMap<>();
        object(object(json, "document"), "require").forEach((claim, values) -> require.put(claim, texts(values)));
        return require;
    }

    Map<String, Object> claims() {
        return object(json, "claims");
    }

    TestToken token() {
        TestToken token = new TestToken(TestIssuer.RSA, claims());
        object(json, "header").forEach(token::header);
        return token;
    }

    Instant now() {
        return Instant.parse((String) json.get("now"));
    }

    /** The claims that bindings and conditions mention. */
    Set<String> inUse() {
        return Set.copyOf(texts(json.get("inUse")));
    }

    Map<String, Object> expected() {
        return object(json, "expect");
    }

    private static PlatformCase read(Path path) {
        Path kind = Objects.requireNonNull(path.getParent());
        String type = name(Objects.requireNonNull(kind.getParent()));
        String name = name(path).replace(".json", "");
        Map<String, Object> json = parse(path);
        if (json.remove("like") instanceof String like) {
            Map<String, Object> base = parse(kind.resolveSibling(ACCEPT).resolve(like + ".json"));
            base.remove("expect");
            json = patched(base, json);
        }
        return new PlatformCase(type, name(kind) + "/" + name, json);
    }

    private static String name(Path path) {
        return String.valueOf(path.getFileName());
    }

    private static Map<String, Object> parse(Path path) {
        try {
            return JSONObjectUtils.parse(Files.readString(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ParseException e) {
            throw new AssertionError(path + " is malformed", e);
        }
    }

    private static Map<String, Object> patched(Map<String, Object> base, Map<String, Object> patch) {
        Map<String, Object> result = new LinkedHashMap<>(base);
        patch.forEach((name, value) -> {
            if (value == null) {
                result.remove(name);
            } else if (value instanceof Map<?, ?> && result.get(name) instanceof Map<?, ?>) {
                result.put(name, patched(object(result, name), object(patch, name)));
            } else {
                result.put(name, value);
            }
        });
        return result;
    }

    @SuppressWarnings("unchecked") // members of JSON objects are strings
    static Map<String, Object> object(Map<String, Object> json, String name) {
        return (Map<String, Object>) json.getOrDefault(name, Map.of());
    }

    private static List<String> texts(@Nullable Object value) {
        return switch (value) {
            case null -> List.of();
            case List<?> list ->
                new ArrayList<>(list.stream().map(String::valueOf).toList());
            default -> List.of(String.valueOf(value));
        };
    }

    @Override
    public String toString() {
        return type + "/" + file + ": "
                + Stream.of(json.get("about")).map(String::valueOf).collect(Collectors.joining());
    }
}
