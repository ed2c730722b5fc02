package dev.sallyport.attestation;

import dev.sallyport.core.attest.Check;
import dev.sallyport.core.attest.Verdict.Rejected;

/** Evidence proves nothing; thrown deep inside of its reading, and caught in the attestor. */
final class NotProven extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Check check;

    /**
     * The check that failed, and why.
     *
     * @param detail in words fit for the caller
     */
    NotProven(Check check, String detail) {
        super(detail, null, false, false);
        this.check = check;
    }

    static void unless(boolean holds, Check check, String detail) {
        if (!holds) {
            throw new NotProven(check, detail);
        }
    }

    Rejected verdict() {
        return new Rejected(check, String.valueOf(getMessage()));
    }
}
