package dev.sallyport.api.admin;

import dev.sallyport.api.replay.ReplayResult;
import dev.sallyport.api.replay.RunningReplay;
import dev.sallyport.api.web.Problems;
import dev.sallyport.core.Unavailable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes out a replay while it runs, so that a caller who goes away is noticed and the replay stops.
 *
 * @param lines whether to tell of the progress in lines of JSON; otherwise white space stands before the one object
 * @param revision the one that the candidates would replace
 * @param limit how many groups of each kind are listed
 */
record ReplayAnswer(RunningReplay running, boolean lines, long revision, int limit) {

    private static final Duration STEP = Duration.ofMillis(500);

    void write(OutputStream out) throws IOException {
        try {
            Optional<ReplayResult> result = running.await(STEP);
            while (result.isEmpty()) {
                write(lines ? line(progress()) : "\n", out);
                result = running.await(STEP);
            }
            write(line(ReplayView.of(result.get(), revision, limit)), out);
        } catch (Unavailable broken) {
            brokenOff(broken, out);
        } finally {
            running.stop();
        }
    }

    /** Without lines there is no way to tell but to break off, so that nobody takes what there is for an answer. */
    private void brokenOff(Unavailable broken, OutputStream out) throws IOException {
        if (!lines) {
            throw new IOException("the replay can't go on", broken);
        }
        Map<String, Object> error = new LinkedHashMap<>();
        error.put("type", "error");
        error.put("problem", Problems.unavailable(broken).document());
        write(line(error), out);
    }

    private Map<String, Object> progress() {
        Map<String, Object> progress = new LinkedHashMap<>();
        progress.put("type", "progress");
        progress.put("scanned", running.scanned());
        progress.put("of", running.of());
        return progress;
    }

    private static String line(Map<String, Object> object) {
        return JsonMapper.shared().writeValueAsString(object) + "\n";
    }

    private static void write(String text, OutputStream out) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }
}
