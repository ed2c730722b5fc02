package dev.sallyport.attestation;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import com.nimbusds.jose.JWSAlgorithm;
import dev.sallyport.core.attest.Appraisal;
import dev.sallyport.core.attest.Attestation;
import dev.sallyport.core.attest.Attestors;
import dev.sallyport.core.attest.Evidence;
import dev.sallyport.core.attest.Provider;
import dev.sallyport.core.attest.TrustProvider;
import dev.sallyport.core.attest.TrustProvider.Keys;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How long it takes to attest a JWT, from its text on, whose key is in memory, in a key set of 500.
 *
 * <p>After each iteration the time on the processor is printed: what counts on a machine that does other things as well.
 * {@code fresh} verifies each signature; {@code again} is the same token over and over, whose signature is remembered.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 2)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class AttestationBenchmark {

    private static final String JWKS = "https://idp.example/keys";
    private static final int KEYS = 500;

    private static final int TOKENS = 1 << 10;

    @Param({"ES256", "RS256", "EdDSA"})
    public String algorithm = "ES256";

    @Param({"corretto", "jdk"})
    public String crypto = "corretto";

    @Param({"1", "1000"})
    public int providers;

    private Attestors attestors = Attestors.of(List.of(), Set.of(), TestIssuer.CLOCK);
    private Attestors forgetful = attestors;
    private String[] tokens = {};
    private int next;
    private long calls;
    private long began;

    @Setup
    public void prepare() {
        TestKey key = TestKey.of("the-one", JWSAlgorithm.parse(algorithm));
        FakeFetch fetch = FakeFetch.nothing().serveKeys(JWKS, keys(key));
        Providers factory = new Providers(
                TestIssuer.BROKER,
                fetch,
                crypto.equals("corretto") ? AmazonCorrettoCryptoProvider.INSTANCE : null,
                TestIssuer.CLOCK,
                () -> 0L,
                Runnable::run);
        attestors = compiled(factory);
        forgetful = compiled(factory.at(TestIssuer.CLOCK));
        tokens = new String[TOKENS];
        for (int i = 0; i < TOKENS; i++) {
            tokens[i] = token(key, i);
        }
        if (!(fresh() instanceof Attestation)) {
            throw new IllegalStateException("the tokens are not good");
        }
    }

    private Attestors compiled(Providers factory) {
        List<Provider> all = new ArrayList<>();
        for (int i = 0; i < providers; i++) {
            all.add(factory.compile(document(i), Set.of()));
        }
        return Attestors.of(all, Set.of(), TestIssuer.CLOCK);
    }

    @Benchmark
    public Appraisal fresh() {
        next = (next + 1) & (TOKENS - 1);
        calls++;
        return forgetful.attest(Evidence.jwt(tokens[next]));
    }

    @Benchmark
    public Appraisal again() {
        calls++;
        return attestors.attest(Evidence.jwt(tokens[0]));
    }

    @Setup(Level.Iteration)
    public void begin() {
        calls = 0;
        began = cpu();
    }

    @TearDown(Level.Iteration)
    public void end() {
        System.out.printf("[%.1f us of CPU] ", (cpu() - began) / 1e3 / calls);
    }

    private static long cpu() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private String token(TestKey key, int number) {
        return TestIssuer.GITHUB
                .token()
                .signedBy(key)
                .claim("iss", issuer(number % providers))
                .claim("run_id", String.valueOf(number))
                .compact();
    }

    private static TestKey[] keys(TestKey used) {
        TestKey[] keys = new TestKey[KEYS];
        TestKey other = TestKey.of("other", used.algorithm());
        for (int i = 0; i < KEYS; i++) {
            keys[i] = new TestKey("key-" + i, other.algorithm(), other.pair());
        }
        keys[KEYS / 2] = used;
        return keys;
    }

    private static String issuer(int number) {
        return "https://github-" + number + ".acme.example/_services/token";
    }

    private static TrustProvider document(int number) {
        return new TrustProvider(
                "ci-" + number,
                "github-actions",
                issuer(number),
                List.of(),
                new Keys(null, JWKS, null, null),
                Map.of("repository_owner_id", List.of("4242")),
                List.of());
    }
}
