package dev.sallyport.core.token;

/** The answer of {@link TokenVerifier}: a verified token, or the reason why there is none. */
public sealed interface Verification permits AccessToken, NotVerified {}
