package dev.sallyport.attestation;

import dev.sallyport.core.attest.Check;
import dev.sallyport.core.attest.Claims;
import dev.sallyport.core.attest.JwtEvidence;
import dev.sallyport.core.attest.TrustProvider;
import dev.sallyport.core.attest.Verdict.Rejected;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The claims that every token of a type must have, and the values that every one of a trust provider must; of a list, one of
 * its elements must be such a value.
 */
record Pins(List<Pin> pins) implements Rule {

    static Pins of(Profile profile, TrustProvider document) {
        List<Pin> pins = new ArrayList<>();
        profile.requires().forEach(name -> pins.add(new Pin(profile.claim("", name), null)));
        document.require()
                .forEach((name, values) ->
                        pins.add(new Pin(profile.claim("require." + name, name), Set.copyOf(values))));
        return new Pins(pins);
    }

    @Override
    public @Nullable Rejected broken(JwtEvidence jwt, Instant now) {
        for (Pin pin : pins) {
            Claims.Value value = ClaimValue.of(pin.claim().in(jwt.payload()));
            if (value == null) {
                return new Rejected(
                        Check.PIN,
                        "the token has no usable claim " + pin.claim().name() + ", which is required");
            }
            if (pin.values() != null && value.texts().stream().noneMatch(pin.values()::contains)) {
                return new Rejected(Check.PIN, pin.claim().name() + " is not one of the required values");
            }
        }
        return null;
    }

    /**
     * One claim.
     *
     * @param values its values; null where any will do
     */
    private record Pin(ClaimName claim, @Nullable Set<String> values) {}
}
