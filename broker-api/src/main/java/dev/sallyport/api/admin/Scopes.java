package dev.sallyport.api.admin;

import dev.sallyport.api.document.Kind;
import java.util.List;

/** The scopes that let a caller try: which of them a change needs in the end, {@link Authority} says. */
final class Scopes {

    static final String SYSTEM_WRITE = "system:write";
    static final String DIRECTORY_READ = "directory:read";
    static final String DIRECTORY_WRITE = "directory:write";
    static final String POLICY_READ = "policy:read";
    static final String POLICY_WRITE = "policy:write";
    static final String REVOCATION_WRITE = "revocation:write";
    static final String POSTURE_WRITE = "posture:write";
    static final String OPERATIONS_READ = "operations:read";
    static final String AUDIT_READ = "audit:read";

    private Scopes() {}

    static String reading(Kind kind) {
        return kind == Kind.POLICY ? POLICY_READ : DIRECTORY_READ;
    }

    static List<String> writing(Kind kind) {
        return switch (kind) {
            case TRUST_PROVIDER -> List.of(SYSTEM_WRITE);
            case AGENT -> List.of(DIRECTORY_WRITE, SYSTEM_WRITE);
            case TARGET -> List.of(DIRECTORY_WRITE);
            case POLICY -> List.of(POLICY_WRITE, SYSTEM_WRITE);
        };
    }
}
