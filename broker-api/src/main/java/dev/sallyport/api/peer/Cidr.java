package dev.sallyport.api.peer;

import dev.sallyport.core.Invalid;
import java.math.BigInteger;
import java.net.InetAddress;
import java.util.Optional;

/**
 * A range of addresses (RFC 4632, RFC 4291 section 2.3).
 *
 * @param prefix the bits that all of its addresses begin with
 * @param hostBits how many bits come after them
 * @param length the length of its addresses in bytes
 */
record Cidr(BigInteger prefix, int hostBits, int length) {

    /** Reads {@code 10.0.0.0/8}, or one address. */
    static Cidr parse(String field, String text) {
        String[] parts = text.strip().split("/", 2);
        InetAddress address = Addresses.parse(parts[0])
                .orElseThrow(() -> new Invalid(field, "must be addresses or ranges such as 10.0.0.0/8"));
        int bits = address.getAddress().length * Byte.SIZE;
        int prefixBits = parts.length == 1 ? bits : number(parts[1]).orElse(0);
        Invalid.unless(
                prefixBits >= 1 && prefixBits <= bits,
                field,
                "must be ranges with a prefix of 1 to " + bits + " bits: another would be everybody or nobody");
        int hostBits = bits - prefixBits;
        return new Cidr(value(address).shiftRight(hostBits), hostBits, bits / Byte.SIZE);
    }

    boolean contains(InetAddress address) {
        return address.getAddress().length == length
                && value(address).shiftRight(hostBits).equals(prefix);
    }

    private static BigInteger value(InetAddress address) {
        return new BigInteger(1, address.getAddress());
    }

    private static Optional<Integer> number(String text) {
        return text.matches("[0-9]{1,3}") ? Optional.of(Integer.valueOf(text)) : Optional.empty();
    }
}
