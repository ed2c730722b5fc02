package dev.sallyport.core.directory;

import dev.sallyport.core.Invalid;
import dev.sallyport.core.Names;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Says which attestations are an agent.
 *
 * @param provider the trust provider that must vouch
 * @param match claims that must all match; a value may hold {@code *}, and a list-valued claim matches if any element does
 */
public record Binding(String provider, Map<String, String> match) {

    public Binding {
        Names.check("provider", Objects.requireNonNullElse(provider, ""));
        Invalid.unless(match != null && !match.isEmpty(), "match", "must not be empty");
        match = Collections.unmodifiableMap(new TreeMap<>(match));
        match.forEach((claim, pattern) -> {
            Invalid.unless(!claim.isBlank(), "match", "names a claim without a name");
            Invalid.unless(!pattern.isEmpty(), "match." + claim, "must not be empty");
        });
        Invalid.unless(
                match.values().stream().anyMatch(pattern -> !pattern.chars().allMatch(c -> c == '*')),
                "match",
                "must hold more than a lone *, which would bind every workload of the provider");
    }
}
