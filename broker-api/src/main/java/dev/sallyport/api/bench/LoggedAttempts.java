package dev.sallyport.api.bench;

import dev.sallyport.core.Hash;
import dev.sallyport.core.log.Entry;
import dev.sallyport.core.log.SealedEntry;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

/**
 * Entries as the broker makes them of jobs on a CI platform: one in twenty is a refusal.
 *
 * <p>What is dear about an entry is made beforehand, so that not this is measured: a new one gets its own ids and times, and
 * shares the rest with others. Many threads may ask at once.
 */
final class LoggedAttempts {

    static final int AGENTS = 1_024;
    static final int TARGETS = 64;
    static final String ACTION = "invoices:read";
    private static final int REFUSED_ONE_IN = 20;
    private static final int LIFETIME_SECONDS = 300;

    private final InstantSource clock;
    private final List<Map<String, Object>> details =
            IntStream.range(0, AGENTS).mapToObj(LoggedAttempts::detail).toList();

    LoggedAttempts(InstantSource clock) {
        this.clock = clock;
    }

    static String agent(int number) {
        return "invoice-bot-" + number % AGENTS;
    }

    static String target(int number) {
        return "invoices-" + number % TARGETS;
    }

    static String repositoryId(int number) {
        return Integer.toString(100_000 + number);
    }

    /** An entry of some agent, of this moment. */
    Entry next() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        int agent = random.nextInt(AGENTS);
        Instant now = clock.instant();
        Map<String, Object> detail = new TreeMap<>(details.get(agent));
        detail.put("decision_id", id(now).toString());
        if (random.nextInt(REFUSED_ONE_IN) == 0) {
            detail.put("reason", "action");
            detail.put("reason_detail", "no policy allows invoices:write there");
            return new Entry(now, Entry.ISSUANCE, "refused", null, detail);
        }
        Entry.TokenFacts token = new Entry.TokenFacts(
                id(now), hash(random.nextLong(), random.nextLong()), now.plusSeconds(LIFETIME_SECONDS));
        return new Entry(now, Entry.ISSUANCE, "issued", token, detail);
    }

    /** Some entries, sealed: what a program that only stores them is given. */
    List<SealedEntry> sealed(int count) {
        SplittableRandom random = new SplittableRandom(count);
        return IntStream.range(0, count)
                .mapToObj(_ -> {
                    byte[] salt = new byte[16];
                    random.nextBytes(salt);
                    return next().seal(salt);
                })
                .toList();
    }

    /** A new id of a token: a UUID of version 7 (RFC 9562 section 5.7) as the broker's, but made cheaply. */
    UUID id() {
        return id(clock.instant());
    }

    private static UUID id(Instant now) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        long version = 7L << 12;
        return new UUID(
                now.toEpochMilli() << 16 | version | random.nextInt(1 << 12), random.nextLong() >>> 2 | 1L << 63);
    }

    private static String hash(long high, long low) {
        StringBuilder hex = new StringBuilder(2 * Hash.LENGTH);
        for (long part : new long[] {high, low, ~high, ~low}) {
            hex.repeat('0', Long.numberOfLeadingZeros(part | 1) / 4).append(Long.toHexString(part));
        }
        return hex.toString();
    }

    private static Map<String, Object> detail(int number) {
        Map<String, Object> detail = new TreeMap<>();
        detail.put("agent", agent(number));
        detail.put("target", target(number));
        detail.put("actions", List.of(ACTION));
        detail.put("attestation", attestation(number));
        detail.put("client_ip", "10.0.7." + number % 256);
        detail.put("input", input(number));
        detail.put("policies", List.of("bots-read-" + target(number)));
        detail.put("policy_revision", 42L);
        detail.put("replica", "broker-7c9f4d5b8-x2x4z");
        return detail;
    }

    private static Map<String, Object> attestation(int number) {
        String repository = "acme/" + agent(number);
        Map<String, Object> claims = new TreeMap<>(Map.of(
                "sub", "repo:" + repository + ":ref:refs/heads/main",
                "repository", repository,
                "repository_id", repositoryId(number),
                "repository_owner", "acme",
                "repository_owner_id", "4242",
                "ref", "refs/heads/main",
                "workflow_ref", repository + "/.github/workflows/invoices.yaml@refs/heads/main",
                "event_name", "schedule",
                "runner_environment", "github-hosted"));
        return new TreeMap<>(Map.of(
                "provider",
                "acme-ci",
                "type",
                "github-actions",
                "subject",
                "repo:" + repository + ":ref:refs/heads/main",
                "claims",
                claims,
                "issued",
                1_777_636_800L,
                "expires",
                1_777_637_100L,
                "digest",
                hash(number, number)));
    }

    private static Map<String, Object> input(int number) {
        return new TreeMap<>(Map.of(
                "time",
                1_777_636_801_234L,
                "ip",
                "10.0.7." + number % 256,
                "proof",
                "none",
                "actions",
                List.of("invoices:read"),
                "resources",
                List.of("https://invoices.example/" + target(number) + "/mcp"),
                "agent",
                Map.of("name", agent(number), "kind", "workload", "labels", Map.of("team", "billing"))));
    }
}
