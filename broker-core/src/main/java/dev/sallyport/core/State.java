package dev.sallyport.core;

import dev.sallyport.core.attest.Attestors;
import dev.sallyport.core.directory.Directory;
import dev.sallyport.core.policy.PolicyEngine;
import dev.sallyport.core.token.KeyRing;
import dev.sallyport.core.token.TokenMinter;

/**
 * Everything that a decision depends on, compiled and immutable: one consistent snapshot of the database.
 *
 * @param epoch advanced with every change of policy, directory, revocation or key; fences the log
 * @param revision the revision of policies and directory, as entries name it
 */
public record State(
        long epoch,
        long revision,
        Attestors attestors,
        Directory directory,
        PolicyEngine policy,
        KeyRing keys,
        TokenMinter minter) {}
