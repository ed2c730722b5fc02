package dev.sallyport.api.peer;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The proxies whose word about their clients is believed: those that are configured, and by default none. */
final class TrustedProxies {

    private static final String FIELD = "trusted-proxy";

    private final List<Cidr> ranges;

    TrustedProxies(List<String> ranges) {
        this.ranges = ranges.stream().map(each -> Cidr.parse(FIELD, each)).toList();
    }

    boolean none() {
        return ranges.isEmpty();
    }

    boolean trusts(InetAddress address) {
        return ranges.stream().anyMatch(range -> range.contains(address));
    }

    /**
     * The client's address: of those in {@code X-Forwarded-For} the last one that is no trusted proxy's, since what stands
     * before it may be made up. Where one can't be read, the address of whoever passed it on.
     *
     * @param peer a trusted proxy
     * @param forwarded the values of the header
     */
    InetAddress client(InetAddress peer, List<String> forwarded) {
        List<String> hops = forwarded.stream()
                .flatMap(header -> Arrays.stream(header.split(",")))
                .map(String::strip)
                .toList();
        InetAddress known = peer;
        for (String hop : hops.reversed()) {
            Optional<InetAddress> before = Addresses.parseForwarded(hop);
            if (before.isEmpty()) {
                return known;
            }
            known = before.get();
            if (!trusts(known)) {
                return known;
            }
        }
        return known;
    }
}
