package dev.sallyport.api.bench;

import com.nimbusds.jose.util.JSONObjectUtils;
import dev.sallyport.api.Crypto;
import dev.sallyport.api.child.Child;
import dev.sallyport.api.child.Scratch;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Puts the broker and then the bare program under the same load, each on a fresh database and alone but for the load. */
final class TokenBench {

    private static final List<Integer> CONNECTIONS = List.of(2, 16);
    private static final int WARM_UP_CONNECTIONS = 16;

    /** Of the length of a phase: compiling takes both cores for a while, and would be measured otherwise. */
    private static final int WARM_UP_PHASES = 3;

    /** What warm-up may use up a second; the phases after it go by what it has shown. */
    private static final int WARM_UP_RATE = 4_000;

    /** A phase may turn out this much faster than warm-up on the whole. */
    private static final int MARGIN = 4;

    private static final int FEWEST_REQUESTS = 1_000;

    private final Settings settings;
    private final Proc proc = Proc.ofThisMachine();
    private final Organisation organisation;
    private final Map<String, Object> jwks;
    private final Requests requests;
    private final PrintWriter progress;

    /**
     * What is measured.
     *
     * @param evidence how assertions are signed
     * @param seconds how long each phase takes
     */
    record Settings(int agents, int policies, Evidence.Kind evidence, int seconds) {}

    TokenBench(Settings settings, Crypto crypto, InstantSource clock, PrintWriter progress) {
        this.settings = settings;
        this.organisation = new Organisation(settings.agents(), settings.policies());
        Evidence evidence = Evidence.of(settings.evidence(), crypto.provider());
        this.jwks = evidence.jwks();
        this.requests = new Requests(organisation, evidence, clock);
        this.progress = progress;
    }

    private interface Starter {
        Contender start(Scratch scratch) throws IOException;
    }

    Report run() throws IOException, InterruptedException {
        double loadAverage = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        return new Report(
                settings, loadAverage, measured("broker", this::broker), measured("bare program", this::bare));
    }

    private Contender broker(Scratch scratch) throws IOException {
        Path bundle = scratch.path().resolve("bundle.json");
        Files.writeString(bundle, organisation.bundle(jwks));
        Path data = scratch.path().resolve("data");
        Child child = scratch.start(
                "broker.log",
                Child.BROKER_READY,
                List.of(
                        "serve",
                        "--port=0",
                        "--management-port=0",
                        "--data=" + data,
                        "--bootstrap=" + bundle,
                        "--issuer=" + Organisation.BROKER));
        return new Contender(child, data, proc);
    }

    private Contender bare(Scratch scratch) throws IOException {
        Path keys = scratch.path().resolve("jwks.json");
        Files.writeString(keys, JSONObjectUtils.toJSONString(jwks));
        Path data = scratch.path().resolve("data");
        Child child = scratch.start(
                "bare.log", BareProgram.READY, List.of("bench", "bare", "--data=" + data, "--jwks=" + keys));
        return new Contender(child, data, proc);
    }

    private Report.Measured measured(String name, Starter starter) throws IOException, InterruptedException {
        try (Scratch scratch = Scratch.open("sallyport-bench")) {
            progress.println(name + ": starting");
            Contender contender = starter.start(scratch);
            Figures warm = phase(
                    name + ", warm-up",
                    contender,
                    WARM_UP_CONNECTIONS,
                    WARM_UP_PHASES * settings.seconds(),
                    WARM_UP_RATE);
            List<Figures> phases = new ArrayList<>();
            for (int connections : CONNECTIONS) {
                String what = name + ", " + connections + " connections";
                phases.add(phase(what, contender, connections, settings.seconds(), warm.tokensPerSecond() * MARGIN));
            }
            return new Report.Measured(phases, contender.residentMib());
        }
    }

    /** Signs what the rate needs; only then sends and measures, for some seconds or until all is used up. */
    private Figures phase(String what, Contender contender, int connections, int seconds, double rate)
            throws IOException, InterruptedException {
        int count = (int) Math.clamp(rate * seconds, FEWEST_REQUESTS, Requests.MOST);
        List<byte[]> signed = requests.sign(count);
        double cpu = contender.cpuSeconds();
        double postgresCpu = contender.postgresCpuSeconds();
        Load.Outcome outcome = Load.run(contender.port(), signed, connections, Duration.ofSeconds(seconds));
        double thousands = outcome.latencies().count() / 1_000.0;
        Figures figures = new Figures(
                connections,
                outcome.perSecond(),
                outcome.latencies().millis(50),
                outcome.latencies().millis(99),
                (contender.cpuSeconds() - cpu) / thousands,
                (contender.postgresCpuSeconds() - postgresCpu) / thousands,
                outcome.latencies().count(),
                outcome.errors(),
                outcome.firstError());
        Figures checked = contender.verifies(outcome.token()) ? figures : figures.unverified();
        progress.println(what + ": " + checked.summary());
        return checked;
    }
}
