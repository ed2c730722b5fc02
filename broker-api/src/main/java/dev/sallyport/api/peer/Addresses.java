package dev.sallyport.api.peer;

import java.net.InetAddress;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads addresses; never a name, which would have to be looked up. */
final class Addresses {

    /** An address as proxies write it into {@code X-Forwarded-For}: some with a port. */
    private static final Pattern WITH_PORT =
            Pattern.compile("(?<v4>[0-9.]+)(:[0-9]{1,5})?|\\[(?<v6>[0-9A-Fa-f:.]+)](:[0-9]{1,5})?");

    private static final Pattern PLAIN = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");

    private Addresses() {}

    /** An IPv4 or IPv6 address; one of IPv4 within IPv6 is one of IPv4. */
    static Optional<InetAddress> parse(String text) {
        if (!PLAIN.matcher(text).matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.ofLiteral(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The same, where a port may follow. */
    static Optional<InetAddress> parseForwarded(String text) {
        Matcher matcher = WITH_PORT.matcher(text);
        if (!matcher.matches()) {
            return parse(text);
        }
        return parse(matcher.group("v4") != null ? matcher.group("v4") : matcher.group("v6"));
    }
}
