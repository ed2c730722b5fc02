package dev.sallyport.core.token;

/**
 * The text is not an access token that the broker would accept.
 *
 * @param detail the first check that failed, in words fit for the caller: nothing of the token's content
 */
public record NotVerified(String detail) implements Verification {}
