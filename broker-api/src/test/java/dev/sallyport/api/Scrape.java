package dev.sallyport.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a broker shows of its own, read from the Prometheus text format as strictly as that is written.
 *
 * @param types the type of each metric, by name
 * @param labels the label names of each metric, by name
 * @param values all samples, by name and labels as they were written
 */
record Scrape(Map<String, String> types, Map<String, Set<String>> labels, Map<String, Double> values) {

    private static final Pattern SAMPLE = Pattern.compile(
            "(?<name>[a-z_:][a-z0-9_:]*)(\\{(?<labels>[^}]*)})? (?<value>\\S+)", Pattern.CASE_INSENSITIVE);
    private static final Pattern LABEL = Pattern.compile("(?<name>[a-z_][a-z0-9_]*)=\"[^\"]*\"(,|$)");
    private static final String OURS = "sallyport_";

    static Scrape of(RunningBroker broker) {
        RunningBroker.Answer answer = broker.management("/metrics");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.http().headers().firstValue("Content-Type").orElseThrow())
                .startsWith("text/plain")
                .contains("version=0.0.4");
        return parse(answer.http().body());
    }

    private static Scrape parse(String text) {
        Scrape scrape = new Scrape(new TreeMap<>(), new TreeMap<>(), new TreeMap<>());
        String metric = "";
        for (String line : text.split("\n", -1)) {
            if (line.startsWith("# TYPE ")) {
                String[] words = line.split(" ", -1);
                metric = words[2];
                assertThat(words).hasSize(4);
                if (metric.startsWith(OURS)) {
                    assertThat(scrape.types.put(metric, words[3])).isNull();
                }
            } else if (line.startsWith(OURS)) {
                scrape.add(metric, line);
            }
        }
        return scrape;
    }

    private void add(String metric, String line) {
        Matcher sample = SAMPLE.matcher(line);
        assertThat(sample.matches()).as(line).isTrue();
        assertThat(sample.group("name")).startsWith(metric);
        Set<String> names = labels.computeIfAbsent(metric, m -> new TreeSet<>());
        String written = sample.group("labels") == null ? "" : sample.group("labels");
        Matcher label = LABEL.matcher(written);
        int end = 0;
        while (label.find()) {
            assertThat(label.start()).as(line).isEqualTo(end);
            end = label.end();
            names.add(label.group("name"));
        }
        assertThat(end).as(line).isEqualTo(written.length());
        names.remove("le");
        String key = sample.group("name") + (written.isEmpty() ? "" : "{" + written + "}");
        assertThat(values.put(key, Double.valueOf(sample.group("value"))))
                .as(key)
                .isNull();
    }

    double value(String sample) {
        assertThat(values).containsKey(sample);
        return values.getOrDefault(sample, Double.NaN);
    }

    /** All samples of a name whose value is not 0, by their labels. */
    Map<String, Double> above0(String name) {
        Map<String, Double> found = new TreeMap<>();
        values.forEach((key, value) -> {
            if (key.startsWith(name + "{") && value != 0) {
                found.put(key.substring(name.length() + 1, key.length() - 1), value);
            }
        });
        return found;
    }
}
