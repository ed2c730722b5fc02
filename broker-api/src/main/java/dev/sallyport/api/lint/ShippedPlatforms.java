package dev.sallyport.api.lint;

import dev.sallyport.attestation.PlatformClaims;
import dev.sallyport.attestation.Shape;
import dev.sallyport.core.attest.TrustProvider;
import dev.sallyport.policy.Platform;
import dev.sallyport.policy.Platforms;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** What the trust provider types that there are say of their evidence. */
public final class ShippedPlatforms implements Platforms {

    @Override
    public Set<String> types() {
        return PlatformClaims.types();
    }

    @Override
    public Optional<Platform> ofType(String type) {
        return PlatformClaims.of(type).map(claims -> platform(claims, List.of(), false));
    }

    @Override
    public Optional<Platform> of(TrustProvider document) {
        return PlatformClaims.of(document)
                .map(claims -> platform(claims, document.claims(), PlatformClaims.shared(document)));
    }

    private static Platform platform(PlatformClaims claims, List<String> further, boolean shared) {
        Map<String, Boolean> lists = new TreeMap<>();
        claims.shapes().forEach((name, shape) -> lists.put(name, shape == Shape.LIST));
        return new Platform(
                claims.type(), lists, Set.copyOf(further), claims.identity(), claims.names(), claims.open(), shared);
    }
}
