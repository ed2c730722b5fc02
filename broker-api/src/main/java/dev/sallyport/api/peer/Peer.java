package dev.sallyport.api.peer;

import org.jspecify.annotations.Nullable;

/**
 * Who sent a request.
 *
 * @param ip the address of the client
 * @param certificate SHA-256 of the client's certificate in base64url (RFC 8705 section 3.1); null where it showed none
 */
public record Peer(String ip, @Nullable String certificate) {}
