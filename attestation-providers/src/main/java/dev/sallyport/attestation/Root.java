package dev.sallyport.attestation;

import dev.sallyport.core.attest.JwtEvidence;
import dev.sallyport.core.attest.Origin;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Who signs the tokens that a trust provider's document speaks of.
 *
 * @param origin what such tokens say
 * @param profile what is known of them
 * @param keys where the keys come from
 * @param rules what its tokens must meet before anything is verified
 * @param reading may add claims that follow from those of a token
 */
record Root(Origin origin, Profile profile, KeyOrigin keys, List<Rule> rules, UnaryOperator<JwtEvidence> reading) {

    Root {
        rules = List.copyOf(rules);
    }
}
