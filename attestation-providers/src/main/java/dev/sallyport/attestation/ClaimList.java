package dev.sallyport.attestation;

import dev.sallyport.core.attest.Check;
import dev.sallyport.core.attest.Claims;
import java.util.Collection;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Collects the claims of a document, none of them larger than a claim should be. */
final class ClaimList {

    private static final int MAX_VALUE = 512;
    private static final int MAX_VALUES = 16;

    private final TreeMap<String, Claims.Value> values = new TreeMap<>();

    /** Adds a claim; one without a value is left out. */
    ClaimList add(String name, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            values.put(name, new Claims.One(checked(name, value)));
        }
        return this;
    }

    /** Adds a claim that is a list; an empty one is left out. */
    ClaimList add(String name, Collection<String> list) {
        NotProven.unless(list.size() <= MAX_VALUES, Check.CLAIMS, "the document's " + name + " is too long");
        if (!list.isEmpty()) {
            values.put(
                    name,
                    new Claims.Many(
                            list.stream().map(value -> checked(name, value)).toList()));
        }
        return this;
    }

    Claims claims() {
        return Claims.of(values);
    }

    /** The same claims and one more. */
    static Claims with(Claims claims, String name, String value) {
        TreeMap<String, Claims.Value> values = new TreeMap<>(claims.asMap());
        values.put(name, new Claims.One(value));
        return Claims.of(values);
    }

    private static String checked(String name, String value) {
        boolean fits = value.length() <= MAX_VALUE && value.chars().allMatch(c -> c >= ' ' && c < 127);
        NotProven.unless(fits, Check.CLAIMS, "the document's " + name + " is not a short text");
        return value;
    }
}
