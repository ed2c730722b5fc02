package dev.sallyport.core.attest;

/**
 * The evidence proves nothing.
 *
 * @param check the first check that failed
 * @param detail why, in words fit for the caller
 */
public record NotAttested(Check check, String detail) implements Appraisal {}
