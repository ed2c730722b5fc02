package dev.sallyport.api.ctl;

/**
 * What a platform says of this process.
 *
 * @param origin where it was found, for people
 */
record Evidence(String origin, String token) {

    /** Without the token. */
    @Override
    public String toString() {
        return "evidence of " + origin;
    }
}
