package dev.sallyport.core.attest;

/** The answer of {@link Attestors}: proof, or the reason why there is none. */
public sealed interface Appraisal permits Attestation, NotAttested {}
