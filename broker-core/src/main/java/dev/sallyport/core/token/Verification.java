package dev.sallyport.core.token;

/** The answer of {@link TokenVerifier}: a verified token that its caller may use, or the reason why there is none. */
public sealed interface Verification permits AccessToken, NotHeld, NotVerified {}
