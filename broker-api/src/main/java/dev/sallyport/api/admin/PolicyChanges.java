package dev.sallyport.api.admin;

import dev.sallyport.api.replay.Candidates;
import dev.sallyport.api.state.Loaded;
import dev.sallyport.core.Invalid;
import dev.sallyport.core.policy.Policy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What candidates have otherwise than the policies in force.
 *
 * @param put policies that are added, or replace those of the same name
 * @param remove the names of policies that are left out
 */
record PolicyChanges(@Nullable List<Policy> put, @Nullable List<String> remove) {

    private static final Pattern FIELD = Pattern.compile("policies\\[(\\d+)]\\.?(.*)");

    /** Compiles them upon the policies in force. */
    Candidates upon(Loaded loaded) {
        List<Policy> added = Objects.requireNonNullElse(put, List.of());
        Map<String, Integer> places = places(added);
        List<Policy> candidates = new ArrayList<>();
        List<Policy> inForce = loaded.documents().configuration().policies();
        Set<String> removed = removed(inForce, places);
        for (Policy policy : inForce) {
            if (!removed.contains(policy.name()) && !places.containsKey(policy.name())) {
                candidates.add(policy);
            }
        }
        candidates.addAll(added);
        try {
            return Candidates.of(candidates, loaded);
        } catch (Invalid e) {
            throw complaint(e, candidates, places);
        }
    }

    private static Map<String, Integer> places(List<Policy> added) {
        checkThere("changes.put", added);
        Map<String, Integer> places = new HashMap<>();
        for (int i = 0; i < added.size(); i++) {
            Invalid.unless(
                    places.put(added.get(i).name(), i) == null,
                    "changes.put[" + i + "].name",
                    "is the name of another one too");
        }
        return places;
    }

    private Set<String> removed(List<Policy> inForce, Map<String, Integer> added) {
        Set<String> known = inForce.stream().map(Policy::name).collect(Collectors.toSet());
        List<String> removed = Objects.requireNonNullElse(remove, List.of());
        checkThere("changes.remove", removed);
        for (int i = 0; i < removed.size(); i++) {
            String name = removed.get(i);
            String field = "changes.remove[" + i + "]";
            Invalid.unless(known.contains(name), field, "no policy is named " + name);
            Invalid.unless(!added.containsKey(name), field, "is put as well");
        }
        return Set.copyOf(removed);
    }

    /** Lists can hold null where they are read from JSON. */
    static void checkThere(String field, List<?> list) {
        for (int i = 0; i < list.size(); i++) {
            Invalid.unless(list.get(i) != null, field + "[" + i + "]", "must not be null");
        }
    }

    /** A policy that was sent is named where it stands; another one stands against it. */
    private static Invalid complaint(Invalid invalid, List<Policy> candidates, Map<String, Integer> places) {
        Matcher field = FIELD.matcher(invalid.field());
        if (!field.matches()) {
            return invalid;
        }
        String name = candidates.get(Integer.parseInt(field.group(1))).name();
        Integer place = places.get(name);
        String rest = field.group(2);
        return place == null
                ? new Invalid("changes", "policy " + name + " stands against it: " + rest + ": " + invalid.reason())
                : invalid.of("changes.put[" + place + "]" + (rest.isEmpty() ? "" : "." + rest));
    }
}
