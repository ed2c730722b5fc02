package dev.sallyport.api;

import dev.sallyport.core.log.Appended.Recorded;
import dev.sallyport.core.log.Entry;
import dev.sallyport.store.PostgresStore;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Attempts of some days, written into a broker's log as the broker does, and decided by rules that are written down here once more.
 *
 * <p>The rules in words: bots read invoices from the main branch; bot-a writes them; nobody does anything while its risk is
 * above a bound, or said and not known any more.
 */
record RecordedHistory(List<Attempt> attempts) {

    static final String BUNDLE = """
            trustProviders:
              - name: ci
                type: github-actions
                issuer: "@platform@"
                audiences: [ acme-broker ]
                keys: { jwksUri: "@platform@/jwks" }
                require: { repository_owner_id: "4242" }
            agents:
              - { name: bot-a, kind: workload, bindings: [ { provider: ci, match: { repository_id: "1001" } } ] }
              - { name: bot-b, kind: workload, bindings: [ { provider: ci, match: { repository_id: "1002" } } ] }
              - { name: platform-ci, kind: orchestrator, bindings: [ { provider: ci, match: { repository_id: "9000" } } ] }
            targets:
              - name: invoices
                resource: https://invoices.example/mcp
                kind: mcp-server
                actions: [ "invoices:read", "invoices:write" ]
                defaultActions: [ "invoices:read", "invoices:write" ]
              - { name: spare, resource: "https://spare.example", kind: api, actions: [ read ] }
            policies:
              - name: bots-read
                effect: allow
                agents: [ { name: "bot-*" } ]
                targets: [ invoices ]
                actions: [ "invoices:read" ]
                when: attestation.claims.ref == "refs/heads/main"
                grant: { ttl: PT4M }
              - name: bot-a-writes
                effect: allow
                agents: [ { name: bot-a } ]
                targets: [ invoices ]
                actions: [ "invoices:write" ]
              - name: no-risk
                effect: deny
                agents: [ { kind: workload } ]
                targets: [ "*" ]
                actions: [ "*" ]
                when: has(posture.risk) && posture.risk > 70
              - name: platform-administers
                effect: allow
                agents: [ { name: platform-ci } ]
                targets: [ sallyport ]
                actions: [ "*" ]
            """;

    private static final String READ = "invoices:read";
    private static final String WRITE = "invoices:write";
    private static final long MINUTES = 10 * 24 * 60;

    /**
     * One attempt.
     *
     * @param risk what was said of the agent; negative for nothing, over 100 where that has expired
     * @param hour of the day, UTC
     */
    record Attempt(
            String id, Instant time, int hour, String agent, String ref, int risk, String proof, List<String> asked) {}

    /** What the rules say. */
    interface Rules {

        boolean read(Attempt attempt);

        default boolean write(Attempt attempt) {
            return attempt.agent().equals("bot-a");
        }

        default int mostRisk() {
            return 70;
        }

        default boolean risky(Attempt attempt) {
            return attempt.risk() > mostRisk();
        }

        /** What is granted; nothing where it is refused. */
        default List<String> granted(Attempt attempt) {
            List<String> wanted = attempt.asked().isEmpty() ? List.of(READ, WRITE) : attempt.asked();
            List<String> granted = wanted.stream()
                    .filter(action -> !risky(attempt) && (action.equals(READ) ? read(attempt) : write(attempt)))
                    .toList();
            return attempt.asked().isEmpty() || granted.size() == wanted.size() ? granted : List.of();
        }
    }

    /** Those in force. */
    static final Rules IN_FORCE = attempt -> attempt.ref().equals("refs/heads/main");

    static RecordedHistory of(int count, long seed, Instant end) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Attempt> attempts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Instant time = end.minusSeconds(60 * random.nextLong(1, MINUTES)).plusMillis(random.nextInt(1_000));
            attempts.add(new Attempt(
                    new UUID((random.nextLong() & ~0xF000L) | 0x7000, (random.nextLong() >>> 2) | (1L << 63))
                            .toString(),
                    time,
                    time.atOffset(ZoneOffset.UTC).getHour(),
                    random.nextBoolean() ? "bot-a" : "bot-b",
                    random.nextInt(4) == 0 ? "refs/heads/topic" : "refs/heads/main",
                    random.nextInt(3) == 0 ? random.nextInt(120) : -1,
                    random.nextInt(3) == 0 ? "dpop" : "none",
                    List.of(List.of(READ), List.of(WRITE), List.of(READ, WRITE), List.<String>of())
                            .get(random.nextInt(4))));
        }
        return new RecordedHistory(attempts);
    }

    /** Writes them down as the rules in force decided them. */
    void write(RunningBroker broker) {
        PostgresStore store = broker.context().getBean(PostgresStore.class);
        long epoch = store.epoch();
        try (ExecutorService threads = Executors.newFixedThreadPool(64)) { // the log turns away whom it can't queue
            List<Future<Boolean>> written = attempts.stream()
                    .map(attempt -> threads.submit(() -> store.log().append(entry(attempt), epoch) instanceof Recorded))
                    .toList();
            for (Future<Boolean> each : written) {
                if (!each.get()) {
                    throw new AssertionError("an attempt was not recorded");
                }
            }
        } catch (ExecutionException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static Entry entry(Attempt attempt) {
        List<String> granted = IN_FORCE.granted(attempt);
        boolean issued = !granted.isEmpty();
        Map<String, Object> detail = new TreeMap<>();
        detail.put("decision_id", attempt.id());
        detail.put("agent", attempt.agent());
        detail.put("target", "invoices");
        detail.put("actions", issued ? granted : attempt.asked());
        detail.put("attestation", attestation(attempt));
        detail.put("input", input(attempt));
        detail.put("policies", List.of());
        detail.put("policy_revision", 1);
        detail.put("client_ip", "10.0.0.7");
        detail.put("replica", "test");
        if (!issued) {
            detail.put("reason", "action");
            detail.put("reason_detail", "none of the target's default actions is permitted");
        }
        return new Entry(
                attempt.time(), Entry.ISSUANCE, issued ? "issued" : "refused", token(attempt, granted), detail);
    }

    /** The policy for reading gives four minutes, the target five, and the evidence ten. */
    private static Entry.@Nullable TokenFacts token(Attempt attempt, List<String> granted) {
        long lifetime = granted.contains(READ) ? 240 : 300;
        Instant issued = Instant.ofEpochSecond(attempt.time().getEpochSecond());
        return granted.isEmpty()
                ? null
                : new Entry.TokenFacts(UUID.fromString(attempt.id()), "00".repeat(32), issued.plusSeconds(lifetime));
    }

    private static Map<String, Object> attestation(Attempt attempt) {
        long issued = attempt.time().getEpochSecond();
        return Map.of(
                "provider",
                "ci",
                "type",
                "github-actions",
                "subject",
                "repo:acme/" + attempt.agent(),
                "claims",
                Map.of("ref", attempt.ref(), "repository_owner_id", "4242", "groups", List.of("a", "b")),
                "issued",
                issued,
                "expires",
                issued + 600,
                "digest",
                "d".repeat(64));
    }

    private static Map<String, Object> input(Attempt attempt) {
        Map<String, Object> input = new TreeMap<>();
        input.put("time", attempt.time().toEpochMilli());
        input.put("ip", "10.0.0.7");
        input.put("proof", attempt.proof());
        input.put("actions", attempt.asked());
        input.put("resources", List.of("https://invoices.example/mcp"));
        input.put("agent", Map.of("name", attempt.agent(), "kind", "workload", "labels", Map.of()));
        if (attempt.risk() > 100) {
            input.put("posture", Map.of("facts", Map.of("os", "linux"), "expired", List.of("risk")));
        } else if (attempt.risk() >= 0) {
            input.put("posture", Map.of("facts", Map.of("risk", attempt.risk(), "os", "linux")));
        }
        return input;
    }
}
