package dev.sallyport.api.outbound;

import java.net.Inet4Address;
import java.net.InetAddress;

/** Tells addresses of the public internet from all others. */
final class PublicAddress {

    private PublicAddress() {}

    /** Whether the text is an address, and none of the public internet; {@code localhost} counts as one. */
    static boolean isOther(String host) {
        if (host.equals("localhost") || host.endsWith(".localhost")) {
            return true;
        }
        try {
            return !is(InetAddress.ofLiteral(host));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Whether the address is globally routable unicast (IANA special-purpose registries; RFC 6890). */
    static boolean is(InetAddress address) {
        if (address.isAnyLocalAddress()
                || address.isLoopbackAddress()
                || address.isLinkLocalAddress()
                || address.isSiteLocalAddress()
                || address.isMulticastAddress()) {
            return false;
        }
        byte[] bytes = address.getAddress();
        return address instanceof Inet4Address ? isPublic4(bytes) : isPublic6(bytes);
    }

    private static boolean isPublic4(byte[] address) {
        int a = address[0] & 0xff;
        int b = address[1] & 0xff;
        int c = address[2] & 0xff;
        boolean special = a == 0
                || a >= 240
                || (a == 100 && b >= 64 && b < 128)
                || (a == 192 && b == 0 && (c == 0 || c == 2))
                || (a == 192 && b == 88 && c == 99)
                || (a == 198 && (b == 18 || b == 19))
                || (a == 198 && b == 51 && c == 100)
                || (a == 203 && b == 0 && c == 113);
        return !special;
    }

    /** Only 2000::/3 is allocated for global unicast; documentation, 6to4 and protocol addresses could lead back inside. */
    private static boolean isPublic6(byte[] address) {
        int first = (address[0] & 0xff) << 8 | (address[1] & 0xff);
        int second = (address[2] & 0xff) << 8 | (address[3] & 0xff);
        return (first & 0xe000) == 0x2000
                && first != 0x2002
                && !(first == 0x2001 && (second < 0x200 || second == 0xdb8));
    }
}
