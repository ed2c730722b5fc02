package dev.sallyport.api.peer;

import java.net.Inet6Address;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Who sent a request.
 *
 * @param ip the address of the client
 * @param certificate SHA-256 of the client's certificate in base64url (RFC 8705 section 3.1); null where it showed none
 */
public record Peer(String ip, @Nullable String certificate) {

    private static final int NETWORK_BYTES = 8;

    /** By what callers are told apart who say nothing else: the address, of IPv6 its first 64 bits, which one customer has alone. */
    public String network() {
        return ip.indexOf(':') >= 0 && Addresses.parse(ip).orElse(null) instanceof Inet6Address six
                ? HexFormat.of().formatHex(six.getAddress(), 0, NETWORK_BYTES)
                : ip;
    }
}
