package dev.sallyport.api.document;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.api.document.Documents.Format;
import dev.sallyport.attestation.PlatformClaims;
import dev.sallyport.attestation.Providers;
import dev.sallyport.attestation.TokenReviews;
import dev.sallyport.core.Configuration;
import dev.sallyport.core.attest.TrustProvider;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each type has a page, and the documents on it are documents. */
class AttestationPagesTest {

    private static final Pattern BUNDLE = Pattern.compile("```yaml\n(trustProviders:.*?)```", Pattern.DOTALL);

    private static final Providers PROVIDERS = new Providers(
                    "https://broker.example",
                    uri -> {
                        throw new IOException("there is no network");
                    },
                    null,
                    InstantSource.fixed(Instant.EPOCH),
                    System::nanoTime)
            .with(new TokenReviews(
                    Map.of("prod", (path, json, within) -> {
                        throw new IOException("there is no cluster");
                    }),
                    System::nanoTime));

    static Stream<String> types() {
        return PROVIDERS.types().stream();
    }

    @ParameterizedTest
    @MethodSource("types")
    void the_trust_providers_of_a_page_are_read_and_compiled(String type) throws IOException {
        for (Configuration bundle : bundles(type)) {
            PROVIDERS.checkTogether(bundle.trustProviders());
            for (TrustProvider document : bundle.trustProviders()) {
                assertThat(document.type()).isEqualTo(type);
                PROVIDERS.compile(document, bundle.claimsInUse(document.name()));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("types")
    void the_bindings_of_a_page_name_who_no_stranger_can_become(String type) throws IOException {
        PlatformClaims claims = PROVIDERS.claims(type).orElse(null);
        if (claims == null) {
            return;
        }
        for (Configuration bundle : bundles(type)) {
            Map<String, TrustProvider> byName =
                    bundle.trustProviders().stream().collect(Collectors.toMap(TrustProvider::name, each -> each));
            assertThat(bundle.agents())
                    .isNotEmpty()
                    .allSatisfy(agent -> assertThat(agent.bindings()).allSatisfy(binding -> {
                        assertThat(byName).containsKey(binding.provider());
                        assertThat(binding.match().keySet())
                                .allMatch(claims::sends)
                                .anyMatch(claims::identifies);
                    }));
        }
    }

    @ParameterizedTest
    @MethodSource("types")
    void a_page_exchanges_evidence_in_one_post(String type) throws IOException {
        String resource = type.equals(TrustProvider.WORKFORCE)
                ? "resource=\"$ISSUER/v1\"" // people get tokens for nothing else
                : "resource=https://invoices.example/mcp";
        assertThat(page(type)).contains("grant_type=", "/oauth2/token", resource);
    }

    private static List<Configuration> bundles(String type) throws IOException {
        List<Configuration> bundles = BUNDLE.matcher(page(type))
                .results()
                .map(found -> Documents.readBundle(found.group(1).getBytes(StandardCharsets.UTF_8), Format.YAML))
                .toList();
        assertThat(bundles).isNotEmpty();
        return bundles;
    }

    private static String page(String type) throws IOException {
        return Files.readString(Path.of("../docs/attestation/" + type + ".md"));
    }
}
