package dev.sallyport.api.ctl;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say which access attempts are meant. All that are given must hold. */
final class Filters {

    @Option(names = "--agent", paramLabel = "NAME", description = "of this agent")
    private @Nullable String agent;

    @Option(names = "--target", paramLabel = "NAME", description = "at this target")
    private @Nullable String target;

    @Option(names = "--provider", paramLabel = "NAME", description = "vouched for by this trust provider")
    private @Nullable String provider;

    @Option(names = "--outcome", paramLabel = "issued|refused", description = "how it ended")
    private @Nullable String outcome;

    @Option(names = "--reason", paramLabel = "WORD", description = "why it was refused, such as agent or action")
    private @Nullable String reason;

    @Option(names = "--subject", paramLabel = "TEXT", description = "the platform's name for the workload")
    private @Nullable String subject;

    @Option(names = "--action", paramLabel = "ACTION", description = "with this action; several times for more")
    private List<String> actions = new ArrayList<>();

    @Option(names = "--claim", paramLabel = "NAME=VALUE", description = "with this claim; several times for more")
    private List<String> claims = new ArrayList<>();

    @Option(names = "--from", paramLabel = "TIME", description = "at this time or later, such as 2026-05-01T12:00:00Z")
    private @Nullable String from;

    @Option(names = "--to", paramLabel = "TIME", description = "before this time")
    private @Nullable String to;

    /** The query's parameters. */
    Query query() {
        Map<String, @Nullable String> once = new LinkedHashMap<>();
        once.put("agent", agent);
        once.put("target", target);
        once.put("provider", provider);
        once.put("outcome", outcome);
        once.put("reason", reason);
        once.put("subject", subject);
        once.put("from", from);
        once.put("to", to);
        return Query.of(once).and("action", actions).and("claim", claims);
    }
}
