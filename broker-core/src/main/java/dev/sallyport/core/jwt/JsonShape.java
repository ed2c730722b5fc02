package dev.sallyport.core.jwt;

import java.text.ParseException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;

/**
 * Refuses JSON that parsers understand differently: repeated members, and nesting beyond a depth.
 *
 * <p>A scan before the parser, which keeps the last of repeated members in nested objects without a word. It does not
 * judge syntax otherwise; that is the parser's part.
 */
final class JsonShape {

    private JsonShape() {}

    static void check(String json, int maxDepth) throws ParseException {
        Deque<Set<String>> open = new ArrayDeque<>();
        boolean nameExpected = false;
        for (int at = 0; at < json.length(); at++) {
            switch (json.charAt(at)) {
                case '{' -> {
                    open.push(new HashSet<>());
                    nameExpected = true;
                }
                case '[' -> {
                    open.push(Set.of());
                    nameExpected = false;
                }
                case '}', ']' -> {
                    open.poll();
                    nameExpected = false;
                }
                case ',' -> nameExpected = open.peek() instanceof HashSet;
                case '"' -> {
                    int end = closingQuote(json, at);
                    if (nameExpected && open.peek() instanceof HashSet<String> names) {
                        addOnce(names, json.substring(at + 1, end), at);
                        nameExpected = false;
                    }
                    at = end;
                }
                default -> {}
            }
            if (open.size() > maxDepth) {
                throw new ParseException("nested too deeply", at);
            }
        }
    }

    /** Names are compared as written; an escape in a name, but that of a slash, is refused: it could hide a repetition. */
    private static void addOnce(Set<String> names, String written, int at) throws ParseException {
        String name = written.replace("\\/", "/");
        if (name.indexOf('\\') >= 0 || !names.add(name)) {
            throw new ParseException("a member is repeated or escaped", at);
        }
    }

    private static int closingQuote(String json, int open) throws ParseException {
        for (int at = open + 1; at < json.length(); at++) {
            switch (json.charAt(at)) {
                case '\\' -> at++;
                case '"' -> {
                    return at;
                }
                default -> {}
            }
        }
        throw new ParseException("a string does not end", open);
    }
}
