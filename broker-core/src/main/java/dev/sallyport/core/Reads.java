package dev.sallyport.core;

import dev.sallyport.core.log.Entry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Counts what auditors read, so that the log says who asked what and yet polling can't fill it.
 *
 * <p>A caller's reads become one entry: a second after the first one, and from then on at most once a minute. It holds
 * {@value #MAX_QUESTIONS} different questions; the others are counted by their route alone. At most {@value #MAX_CALLERS}
 * callers are told apart at a time; those beyond are counted together, as {@value #OTHERS}. Call {@link #flush} every second.
 */
public final class Reads {

    private static final int MAX_CALLERS = 100;
    private static final int MAX_QUESTIONS = 20;
    private static final int MAX_TOKENS = 20;
    private static final Duration SOON = Duration.ofSeconds(1);
    private static final Duration PAUSE = Duration.ofMinutes(1);

    /** Nobody's name. */
    private static final String OTHERS = "*";

    /**
     * What is counted.
     *
     * @param type the type of the entries
     * @param outcome their outcome
     * @param list the member that holds what was asked
     * @param shown whether the number of entries that were shown means anything
     */
    private record Matter(String type, String outcome, String list, boolean shown) {}

    private final Matter matter;
    private final InstantSource clock;
    private final Map<String, Summary> open = new HashMap<>();

    /** When a caller's last entry was written; only those of the last minute. */
    private final Map<String, Instant> written = new HashMap<>();

    /** Counts what was read. */
    public Reads(InstantSource clock) {
        this(new Matter("read", "answered", "reads", true), clock);
    }

    private Reads(Matter matter, InstantSource clock) {
        this.matter = matter;
        this.clock = clock;
    }

    /** Counts calls that were refused instead, in the same way. */
    public static Reads ofRefusedCalls(InstantSource clock) {
        return new Reads(new Matter("call", "refused", "calls", false), clock);
    }

    /**
     * One read that was answered, or one call that was refused.
     *
     * @param agent the caller
     * @param token the {@code jti} of its token
     * @param question what it asked for, without anything secret, in a bounded length
     * @param entries how many it was shown
     */
    public record Read(String agent, @Nullable UUID token, Question question, long entries) {}

    /**
     * What can be asked for.
     *
     * @param route the path, with names for what varies
     * @param query the rest; null where it is not told
     */
    public record Question(String route, @Nullable String query) {}

    /** Counts one. */
    public synchronized void count(Read read) {
        String caller = open.containsKey(read.agent()) || open.size() < MAX_CALLERS ? read.agent() : OTHERS;
        open.computeIfAbsent(caller, this::begin).add(read);
    }

    private Summary begin(String caller) {
        Instant now = clock.instant();
        Instant soon = now.plus(SOON);
        Instant last = written.get(caller);
        return new Summary(caller, now, last == null || last.plus(PAUSE).isBefore(soon) ? soon : last.plus(PAUSE));
    }

    /**
     * Writes the entries that it is time for. What can't be written is kept for the next time.
     *
     * @throws Unavailable when the log can't take an entry
     */
    public void flush(Journal journal, String replica) {
        write(taken(clock.instant()), journal, replica);
    }

    /** The same for all that is counted: at the end. */
    public void flushAll(Journal journal, String replica) {
        write(taken(Instant.MAX), journal, replica);
    }

    private synchronized List<Summary> taken(Instant until) {
        written.values().removeIf(last -> last.plus(PAUSE).isBefore(clock.instant()));
        List<Summary> due =
                open.values().stream().filter(each -> !each.due.isAfter(until)).toList();
        due.forEach(each -> open.remove(each.caller));
        return due;
    }

    private void write(List<Summary> due, Journal journal, String replica) {
        for (int i = 0; i < due.size(); i++) {
            Summary summary = due.get(i);
            Instant now = clock.instant();
            try {
                journal.write(new Entry(now, matter.type, matter.outcome, null, summary.detail(now, replica, matter)));
            } catch (Unavailable e) {
                putBack(due.subList(i, due.size()));
                throw e;
            }
            wrote(summary.caller, now);
        }
    }

    private synchronized void wrote(String caller, Instant now) {
        written.put(caller, now);
    }

    private synchronized void putBack(Collection<Summary> unwritten) {
        for (Summary summary : unwritten) {
            Summary since = open.put(summary.caller, summary);
            if (since != null) {
                summary.add(since);
            }
        }
    }

    /** What one caller has read; guarded by the lock of {@code Reads} until it is taken out to be written. */
    private static final class Summary {

        private final String caller;
        private final Instant from;
        private final Instant due;
        private final Set<String> tokens = new TreeSet<>();
        private final Map<Question, Sum> sums = new LinkedHashMap<>();

        /** How often, and how many entries were shown. */
        private record Sum(long count, long entries) {

            Sum plus(Sum more) {
                return new Sum(count + more.count, entries + more.entries);
            }
        }

        Summary(String caller, Instant from, Instant due) {
            this.caller = caller;
            this.from = from;
            this.due = due;
        }

        void add(Read read) {
            if (read.token() != null) {
                add(read.token().toString());
            }
            add(read.question(), new Sum(1, read.entries()));
        }

        void add(Summary other) {
            other.tokens.forEach(this::add);
            other.sums.forEach(this::add);
        }

        private void add(String token) {
            if (tokens.size() < MAX_TOKENS) {
                tokens.add(token);
            }
        }

        private void add(Question question, Sum sum) {
            Question known = sums.containsKey(question) || sums.size() < MAX_QUESTIONS
                    ? question
                    : new Question(question.route(), null);
            sums.merge(known, sum, Sum::plus);
        }

        Map<String, Object> detail(Instant to, String replica, Matter matter) {
            Map<String, Object> detail = new TreeMap<>();
            detail.put("author", caller);
            detail.put("tokens", List.copyOf(tokens));
            detail.put("from", from.toString());
            detail.put("to", to.toString());
            detail.put("replica", replica);
            List<Map<String, Object>> reads = new ArrayList<>();
            sums.forEach((question, sum) -> {
                Map<String, Object> read = new TreeMap<>();
                read.put("route", question.route());
                if (question.query() != null) {
                    read.put("query", question.query());
                }
                read.put("count", sum.count);
                if (matter.shown) {
                    read.put("entries", sum.entries);
                }
                reads.add(read);
            });
            detail.put(matter.list, reads);
            return detail;
        }
    }
}
