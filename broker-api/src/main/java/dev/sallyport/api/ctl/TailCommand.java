package dev.sallyport.api.ctl;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code ctl audit tail}: the latest access attempts, and those that come. */
@Command(
        name = "tail",
        mixinStandardHelpOptions = true,
        description = "Shows the latest access attempts, the newest last; with --follow also those that come.")
final class TailCommand extends BrokerCommand {

    /** Seconds between two looks. */
    private static final long PAUSE = 2;

    /** What comes between two looks and is more than this is not shown. */
    private static final int MOST = 10_000;

    @Mixin
    private Filters filters = new Filters();

    @Option(
            names = {"-n", "--lines"},
            paramLabel = "N",
            defaultValue = "20",
            description = "how many to begin with (20)")
    private int lines;

    @Option(names = "--follow", description = "go on until interrupted")
    private boolean follow;

    @Override
    int run() throws Failure {
        Session session = session("audit:read");
        List<JsonNode> latest = since(session, -1, lines);
        show(latest, true);
        long seen = latest.isEmpty() ? -1 : index(latest.getLast());
        while (follow && paused()) {
            List<JsonNode> fresh = since(session, seen, MOST);
            show(fresh, false);
            seen = fresh.isEmpty() ? seen : index(fresh.getLast());
        }
        return 0;
    }

    /** Attempts behind an index, the oldest first. */
    private List<JsonNode> since(Session session, long index, int most) throws Failure {
        List<JsonNode> found = new ArrayList<>();
        new Pages(session, "/v1/issuances", filters.query()).readWhile(most, page -> {
            int before = found.size();
            for (JsonNode attempt : page.json().path("items")) {
                if (index(attempt) > index) {
                    found.add(attempt);
                }
            }
            return found.size() - before == page.json().path("items").size();
        });
        return found.reversed();
    }

    private void show(List<JsonNode> attempts, boolean titled) {
        if (structured()) {
            attempts.forEach(each -> out().println(each));
        } else {
            Table table = Audited.table();
            attempts.forEach(each -> table.add(Audited.row(each)));
            List<String> rows = table.lines(surroundings().columns());
            rows.subList(titled ? 0 : 1, rows.size()).forEach(out()::println);
        }
        out().flush();
    }

    private static long index(JsonNode attempt) {
        return attempt.path("index").asLong(-1);
    }

    private static boolean paused() {
        try {
            TimeUnit.SECONDS.sleep(PAUSE);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
