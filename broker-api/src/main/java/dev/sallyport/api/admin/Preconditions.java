package dev.sallyport.api.admin;

import dev.sallyport.api.web.Problem;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.springframework.http.HttpHeaders;
import org.springframework.web.servlet.function.ServerRequest;

/**
 * What a write says of the version that it was made for (RFC 9110 section 13.1), so that nobody's change is lost.
 *
 * @param match the values of {@code If-Match}, none where it is not there
 * @param noneMatch the values of {@code If-None-Match}
 */
record Preconditions(List<String> match, List<String> noneMatch) {

    private static final String ANY = "*";

    static Preconditions of(ServerRequest request) {
        return new Preconditions(values(request, HttpHeaders.IF_MATCH), values(request, HttpHeaders.IF_NONE_MATCH));
    }

    /** The entity tag of a version. */
    static String tag(long version) {
        return "\"" + version + "\"";
    }

    /** Throws unless the request says which version it replaces, or that there is none, and that is so. */
    void require(OptionalLong version) {
        if (match.isEmpty() && noneMatch.isEmpty()) {
            throw new Problem(
                    428,
                    "precondition-required",
                    "say what this replaces: If-Match with the ETag, or If-None-Match: * to create");
        }
        check(version);
    }

    /** Throws where the request says something of the version that is not so. */
    void check(OptionalLong version) {
        if (!match.isEmpty() && !names(match, version)) {
            throw failed("If-Match does not name the version in force");
        }
        if (!noneMatch.isEmpty() && names(noneMatch, version)) {
            throw failed("there is such a document already");
        }
    }

    private static boolean names(List<String> tags, OptionalLong version) {
        return version.isPresent() && (tags.contains(ANY) || tags.contains(tag(version.getAsLong())));
    }

    private static Problem failed(String detail) {
        return new Problem(412, "precondition-failed", detail);
    }

    private static List<String> values(ServerRequest request, String header) {
        return request.headers().header(header).stream()
                .flatMap(line -> Arrays.stream(line.split(",", -1)))
                .map(String::strip)
                .toList();
    }
}
