package dev.sallyport.attestation;

import dev.sallyport.core.attest.Check;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Who STS says that a caller is, with the session taken out of the name: whoever may assume a role chooses the session's name.
 *
 * @param arn the ARN of the role or user; STS leaves out a role's path
 * @param role the role's name; null for a user
 * @param user the user's name; null for a role
 * @param session the session's name; null for a user
 */
record CallerArn(
        String partition,
        String account,
        String arn,
        @Nullable String role,
        @Nullable String user,
        @Nullable String session) {

    /** The characters of names (IAM API reference); no wildcard is among them. */
    private static final String NAME = "[A-Za-z0-9_+=,.@-]{1,64}";

    private static final String ACCOUNT = "arn:(?<partition>aws(?:-[a-z]{2,4}){0,2}):%s::(?<account>[0-9]{12}):";

    private static final Pattern ROLE =
            Pattern.compile(ACCOUNT.formatted("sts") + "assumed-role/(?<role>" + NAME + ")/(?<session>" + NAME + ")");
    private static final Pattern USER =
            Pattern.compile(ACCOUNT.formatted("iam") + "user/(?:[A-Za-z0-9_+=,.@-]{1,128}/){0,8}(?<user>" + NAME + ")");

    /** Reads one; roles and users only: not an account's root, and nobody who chose his own name. */
    static CallerArn read(String arn) {
        Matcher role = ROLE.matcher(arn);
        if (role.matches()) {
            String account = role.group("account");
            String partition = role.group("partition");
            return new CallerArn(
                    partition,
                    account,
                    "arn:" + partition + ":iam::" + account + ":role/" + role.group("role"),
                    role.group("role"),
                    null,
                    role.group("session"));
        }
        Matcher user = USER.matcher(arn);
        NotProven.unless(user.matches(), Check.SUBJECT, "the caller is neither an assumed role nor a user of IAM");
        return new CallerArn(user.group("partition"), user.group("account"), arn, null, user.group("user"), null);
    }
}
