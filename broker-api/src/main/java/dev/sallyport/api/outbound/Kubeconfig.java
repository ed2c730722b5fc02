package dev.sallyport.api.outbound;

import dev.sallyport.core.Invalid;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * Reads the current context of a kubeconfig file.
 *
 * <p>The user has a token or a token file; programs, passwords and client certificates are refused, and so is a server whose
 * certificate is not to be looked at.
 */
final class Kubeconfig {

    private static final YAMLMapper YAML = new YAMLMapper();

    private static final List<String> REFUSED_OF_USERS = List.of(
            "exec", "auth-provider", "username", "password", "client-certificate", "client-certificate-data", "as");

    private static final List<String> REFUSED_OF_CLUSTERS =
            List.of("insecure-skip-tls-verify", "proxy-url", "tls-server-name");

    private Kubeconfig() {}

    static ClusterAccess read(Path file) {
        JsonNode config = parsed(file);
        JsonNode context = named(config, "contexts", text(config, "current-context"), "context");
        JsonNode cluster = named(config, "clusters", text(context, "cluster"), "cluster");
        JsonNode user = named(config, "users", text(context, "user"), "user");
        refuse(cluster, REFUSED_OF_CLUSTERS);
        refuse(user, REFUSED_OF_USERS);
        String tokenFile = text(user, "tokenFile");
        String token = text(user, "token");
        Invalid.unless(
                tokenFile != null || (token != null && !token.isBlank()),
                ClusterAccess.FIELD,
                file + " has a user without token and tokenFile");
        Path path = tokenFile == null ? null : beside(file, tokenFile);
        Invalid.unless(
                path == null || Files.isReadable(path), ClusterAccess.FIELD, path + " does not exist or can't be read");
        return new ClusterAccess(ClusterAccess.server(text(cluster, "server")), tls(file, cluster), token, path);
    }

    private static JsonNode parsed(Path file) {
        byte[] bytes = ClusterAccess.bytes(file);
        try {
            return YAML.readTree(bytes);
        } catch (JacksonException e) {
            throw new Invalid(ClusterAccess.FIELD, file + " is not YAML");
        }
    }

    private static @Nullable SSLContext tls(Path file, JsonNode cluster) {
        String data = text(cluster, "certificate-authority-data");
        if (data != null) {
            try {
                return ClusterAccess.trusting(Base64.getMimeDecoder().decode(data));
            } catch (IllegalArgumentException e) {
                throw new Invalid(ClusterAccess.FIELD, file + " has a certificate-authority-data that is not base64");
            }
        }
        String authority = text(cluster, "certificate-authority");
        return authority == null ? null : ClusterAccess.trusting(ClusterAccess.bytes(beside(file, authority)));
    }

    private static JsonNode named(JsonNode config, String list, @Nullable String name, String member) {
        for (JsonNode each : config.path(list)) {
            if (name != null && name.equals(text(each, "name"))) {
                return each.path(member);
            }
        }
        throw new Invalid(ClusterAccess.FIELD, "has a kubeconfig whose current context has no " + member);
    }

    private static void refuse(JsonNode node, List<String> fields) {
        for (String field : fields) {
            Invalid.unless(
                    !node.has(field), ClusterAccess.FIELD, "has a kubeconfig with " + field + ", which is not taken");
        }
    }

    private static @Nullable String text(JsonNode node, String field) {
        JsonNode value = node.path(field);
        return value.isString() ? value.stringValue() : null;
    }

    /** Relative paths start at the kubeconfig. */
    private static Path beside(Path file, String path) {
        return file.toAbsolutePath().resolveSibling(ClusterAccess.path(path));
    }
}
