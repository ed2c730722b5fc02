package dev.sallyport.api.web;

import dev.sallyport.core.Invalid;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.springframework.web.servlet.function.ServerRequest;

/** The parameters of a request; those of the query are known ones, and but for some each stands there at most once. */
public final class Parameters {

    private static final Pattern UUID_TEXT = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
    private static final int MAX_LIMIT = 500;

    private final ServerRequest request;

    private Parameters(ServerRequest request) {
        this.request = request;
    }

    /** Throws {@link Invalid} for a parameter that is not known here or is repeated. */
    public static Parameters of(ServerRequest request, Set<String> known) {
        return of(request, known, Set.of());
    }

    /**
     * The same where some may be repeated.
     *
     * @param known all that there are
     * @param repeatable those of them that may be given more than once
     */
    public static Parameters of(ServerRequest request, Set<String> known, Set<String> repeatable) {
        request.params().forEach((name, values) -> {
            Invalid.unless(known.contains(name), name, "is not a known parameter here");
            Invalid.unless(values.size() == 1 || repeatable.contains(name), name, "is given more than once");
        });
        return new Parameters(request);
    }

    /** The UUID in a path, in its full form of 36 characters; empty for anything else, which names nothing. */
    public static Optional<UUID> uuid(ServerRequest request, String variable) {
        return uuid(request.pathVariable(variable));
    }

    /** A UUID in its full form of 36 characters; empty for anything else. */
    public static Optional<UUID> uuid(String text) {
        return UUID_TEXT.matcher(text).matches() ? Optional.of(UUID.fromString(text)) : Optional.empty();
    }

    public Optional<String> text(String name) {
        return request.param(name);
    }

    /** All values that are given, in their order. */
    public List<String> texts(String name) {
        return request.params().getOrDefault(name, List.of());
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
