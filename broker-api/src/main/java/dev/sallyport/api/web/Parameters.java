package dev.sallyport.api.web;

import dev.sallyport.core.Invalid;
import java.util.Optional;
import java.util.Set;
import org.springframework.web.servlet.function.ServerRequest;

/** The query parameters of a request: known ones, each at most once. */
public final class Parameters {

    private static final int MAX_LIMIT = 500;

    private final ServerRequest request;

    private Parameters(ServerRequest request) {
        this.request = request;
    }

    /** Throws {@link Invalid} for a parameter that is not known here or is repeated. */
    public static Parameters of(ServerRequest request, Set<String> known) {
        request.params().forEach((name, values) -> {
            Invalid.unless(known.contains(name), name, "is not a known parameter here");
            Invalid.unless(values.size() == 1, name, "is given more than once");
        });
        return new Parameters(request);
    }

    public Optional<String> text(String name) {
        return request.param(name);
    }

    /** {@code true} or {@code false}, which is the default. */
    public boolean flag(String name) {
        return switch (text(name).orElse("false")) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new Invalid(name, "must be true or false");
        };
    }

    /** {@code limit}: how many items a page holds at most, up to {@value #MAX_LIMIT}. */
    public int limit(int byDefault) {
        String text = text("limit").orElse(Integer.toString(byDefault));
        Invalid.unless(
                text.matches("[1-9][0-9]{0,2}") && Integer.parseInt(text) <= MAX_LIMIT,
                "limit",
                "must be a number from 1 to " + MAX_LIMIT);
        return Integer.parseInt(text);
    }
}
