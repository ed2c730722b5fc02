package dev.sallyport.api.token;

/** The ways to ask for a token: they differ in how evidence is carried and how refusals are named. */
enum Door {
    /** {@code assertion} (RFC 7523 section 2.1). */
    JWT_BEARER("urn:ietf:params:oauth:grant-type:jwt-bearer");

    private final String grantType;

    Door(String grantType) {
        this.grantType = grantType;
    }

    String grantType() {
        return grantType;
    }
}
