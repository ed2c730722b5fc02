package dev.sallyport.attestation;

import static dev.sallyport.attestation.TestIssuer.OIDC;
import static dev.sallyport.attestation.TestIssuer.RSA;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.nimbusds.jose.JWSAlgorithm;
import dev.sallyport.core.Unavailable;
import dev.sallyport.core.attest.Attestation;
import dev.sallyport.core.attest.Attestors;
import dev.sallyport.core.attest.Evidence;
import dev.sallyport.core.attest.Provider;
import dev.sallyport.core.attest.TrustProvider;
import dev.sallyport.core.attest.TrustProvider.Keys;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An issuer that hangs costs its own callers something, and nobody else. */
@Timeout(30)
class SlowIssuerTest {

    private static final TestKey NEXT = TestKey.of("next", JWSAlgorithm.ES256);

    private static final int HANGING = 20;

    private final CountDownLatch allHang = new CountDownLatch(HANGING);
    private final CountDownLatch over = new CountDownLatch(1);
    private final FakeFetch network = FakeFetch.nothing();
    private final Providers providers = new Providers(
            TestIssuer.BROKER,
            uri -> uri.getHost().startsWith("hangs") ? hang() : network.get(uri),
            null,
            TestIssuer.CLOCK,
            System::nanoTime);

    @AfterEach
    void end() {
        over.countDown();
    }

    @Test
    void many_callers_of_hanging_issuers_delay_nobody_else() throws Exception {
        List<Provider> all = new ArrayList<>();
        for (int i = 0; i < HANGING; i++) {
            all.add(provider("hangs" + i, "https://hangs" + i + ".example", "https://hangs" + i + ".example/keys"));
        }
        for (int i = 0; i < 5; i++) {
            network.serveKeys("https://answers" + i + ".example/keys", RSA);
            all.add(provider(
                    "answers" + i, "https://answers" + i + ".example", "https://answers" + i + ".example/keys"));
        }
        Attestors attestors = Attestors.of(all, Set.of(), TestIssuer.CLOCK);
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> hanging = new ArrayList<>();
            for (int i = 0; i < 400; i++) {
                Evidence evidence = token("https://hangs" + i % HANGING + ".example");
                hanging.add(callers.submit(() -> attestors.attest(evidence)));
            }
            allHang.await();
            List<Future<?>> answered = new ArrayList<>();
            for (int i = 0; i < 400; i++) {
                Evidence evidence = token("https://answers" + i % 5 + ".example");
                answered.add(callers.submit(() -> attestors.attest(evidence)));
            }
            for (Future<?> each : answered) {
                assertThat(each.get(20, TimeUnit.SECONDS)).isInstanceOf(Attestation.class);
            }
            for (Future<?> each : hanging) {
                assertThatExceptionOfType(ExecutionException.class)
                        .isThrownBy(() -> each.get(20, TimeUnit.SECONDS))
                        .withCauseInstanceOf(Unavailable.class);
            }
        }
    }

    @Test
    void two_trust_providers_of_one_issuer_each_know_their_keys() {
        network.serveKeys("https://one.example/keys", RSA).serveKeys("https://two.example/keys", NEXT);
        Attestors attestors = Attestors.of(
                List.of(
                        provider("one", OIDC.issuer(), "https://one.example/keys"),
                        provider("two", OIDC.issuer(), "https://two.example/keys")),
                Set.of(),
                TestIssuer.CLOCK);

        assertThat(attestors.attest(OIDC.token().evidence()))
                .isInstanceOfSatisfying(
                        Attestation.class, proof -> assertThat(proof.provider()).isEqualTo("one"));
        assertThat(attestors.attest(OIDC.token().signedBy(NEXT).evidence()))
                .isInstanceOfSatisfying(
                        Attestation.class, proof -> assertThat(proof.provider()).isEqualTo("two"));
    }

    private Provider provider(String name, String issuer, String keys) {
        return providers.compile(
                new TrustProvider(
                        name, "oidc", issuer, List.of(), new Keys(null, keys, null, null), Map.of(), List.of()),
                Set.of());
    }

    private static Evidence token(String issuer) {
        return OIDC.token().claim("iss", issuer).evidence();
    }

    private byte[] hang() throws IOException {
        allHang.countDown();
        try {
            over.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new IOException("gave up");
    }
}
