package dev.sallyport.api.security;

import dev.sallyport.api.peer.Peer;
import dev.sallyport.api.peer.Peers;
import dev.sallyport.api.web.Problem;
import dev.sallyport.core.Invalid;
import dev.sallyport.core.possession.DpopVerifier;
import dev.sallyport.core.possession.DpopVerifier.Use;
import dev.sallyport.core.possession.KeyProof;
import dev.sallyport.core.possession.Possession;
import dev.sallyport.store.SpentProofs;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * What callers of the admin API hold beside their token.
 *
 * <p>A proof is used once at each replica; with a change once at all of them, which costs a round trip of its own.
 */
final class Possessions {

    /** The methods that change nothing (RFC 9110 section 9.2.1). */
    static final Set<String> READS = Set.of("GET", "HEAD", "OPTIONS");

    private final String issuer;
    private final DpopVerifier dpop;
    private final Peers peers;
    private final SpentProofs spent;
    private final Supplier<UUID> ids;

    Possessions(String issuer, DpopVerifier dpop, Peers peers, SpentProofs spent, Supplier<UUID> ids) {
        this.issuer = issuer;
        this.dpop = dpop;
        this.peers = peers;
        this.spent = spent;
        this.ids = ids;
    }

    /** A nonce for the caller's next proof. */
    String nonce() {
        return dpop.nonce();
    }

    /** What the request shows; of a bearer token's caller no key, whatever else it sends. */
    Possession of(HttpServletRequest request, Credentials credentials) {
        Peer peer = peer(request);
        KeyProof key = switch (credentials.scheme()) {
            case BEARER -> new KeyProof.None();
            case DPOP ->
                dpop.verify(
                        Collections.list(request.getHeaders(DpopVerifier.HEADER)),
                        new Use(request.getMethod(), issuer + request.getRequestURI(), credentials.token()));
        };
        return new Possession(key, peer.certificate());
    }

    /** The address of whoever calls. */
    String network(HttpServletRequest request) {
        return peer(request).network();
    }

    /** Uses the proof for the request; false where it has been used before. */
    boolean spend(KeyProof.Held proof, HttpServletRequest request) {
        return proof.spend(ids.get())
                && (READS.contains(request.getMethod()) || spent.spend(proof.id(), proof.stale()));
    }

    private Peer peer(HttpServletRequest request) {
        try {
            return peers.of(request);
        } catch (Invalid e) {
            throw new Problem(400, "malformed", e.field() + ": " + e.reason());
        }
    }
}
