package dev.sallyport.api.ctl;

import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say which broker is meant, and how it is reached. */
final class Where {

    private static final String LOCAL = "http://localhost:8080";

    @Option(
            names = "--broker",
            paramLabel = "URL",
            description = "the broker's issuer URL; or SALLYPORT_BROKER (" + LOCAL + ")")
    private @Nullable String broker;

    @Option(
            names = "--issuer",
            paramLabel = "URL",
            description = "its issuer, where it is reached by another URL than that")
    private @Nullable String issuer;

    @Option(
            names = "--ca",
            paramLabel = "FILE",
            description = "certificate authorities, in PEM, that are trusted beside the platform's")
    private @Nullable Path ca;

    @Option(names = "--insecure-http", description = "speak plain http to a broker that is not on this machine")
    private boolean insecureHttp;

    /** Knows the broker; nothing is sent yet. */
    Broker broker(Surroundings surroundings) throws Failure {
        String given = broker != null
                ? broker
                : surroundings.variable("SALLYPORT_BROKER").orElse(LOCAL);
        URI url = url("--broker", given);
        boolean local = isLoopback(url);
        if (url.getScheme().equals("http") && !local && !insecureHttp) {
            throw Failure.badInput("--broker: " + given
                    + " would carry tokens in the clear; use https, or --insecure-http where you know the network");
        }
        String named = issuer == null ? null : url("--issuer", issuer).toString();
        return new Broker(Http.trusting(ca), url.toString(), named, local);
    }

    private static URI url(String option, String given) throws Failure {
        String text = given.endsWith("/") ? given.substring(0, given.length() - 1) : given;
        try {
            URI url = URI.create(text);
            boolean http = "https".equals(url.getScheme()) || "http".equals(url.getScheme());
            if (http
                    && url.getHost() != null
                    && url.getRawUserInfo() == null
                    && url.getRawQuery() == null
                    && url.getRawFragment() == null) {
                return url;
            }
        } catch (IllegalArgumentException e) {
            // Told below, as any other text that is no URL.
        }
        throw Failure.badInput(option + ": must be an http or https URL without user, query and fragment");
    }

    static boolean isLoopback(URI url) {
        String host = String.valueOf(url.getHost()).toLowerCase(Locale.ROOT);
        return host.equals("localhost")
                || host.equals("[::1]")
                || host.matches("127\\.[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}");
    }
}
