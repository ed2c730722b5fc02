package dev.sallyport.attestation;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The form of a platform's issuers, such as {@code https://oidc.circleci.com/org/{uuid}}.
 *
 * @param text as it stands in the profile, with {@code {name}} for one path segment or host label, {@code {uuid}} for a UUID,
 *     {@code {host}} for a host with or without a port, and {@code {url}} for any URL
 * @param exact matches an issuer to the letter
 * @param loose matches an issuer in its canonical form, which has no slash at its end
 */
record IssuerTemplate(String text, Pattern exact, Pattern loose) {

    /** Matches whatever is an issuer at all. */
    private static final String ANY = "{url}";

    private static final Pattern PLACEHOLDER = Pattern.compile("\\{[a-z]+}");

    private static final Map<String, String> MEANINGS = Map.of(
            ANY,
            ".+",
            "{host}",
            "[a-z0-9.-]+(?::[0-9]{1,5})?",
            "{name}",
            "[A-Za-z0-9][A-Za-z0-9_-]*",
            "{uuid}",
            "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    static IssuerTemplate of(String text) {
        return new IssuerTemplate(
                text, Pattern.compile(expression(text)), Pattern.compile(expression(Urls.withoutSlash(text))));
    }

    /** Whether its host is one platform's own, so that its issuers can be told from all others. */
    boolean recognisable() {
        return !text.equals(ANY) && !text.contains("{host}");
    }

    private static String expression(String text) {
        StringBuilder expression = new StringBuilder();
        Matcher placeholder = PLACEHOLDER.matcher(text);
        int end = 0;
        while (placeholder.find()) {
            String meaning = MEANINGS.get(placeholder.group());
            if (meaning == null) {
                throw new IllegalArgumentException("unknown placeholder " + placeholder.group());
            }
            expression
                    .append(Pattern.quote(text.substring(end, placeholder.start())))
                    .append(meaning);
            end = placeholder.end();
        }
        return expression.append(Pattern.quote(text.substring(end))).toString();
    }

    /** By its text: compiled patterns know no equality. */
    @Override
    public boolean equals(Object other) {
        return other instanceof IssuerTemplate that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }
}
