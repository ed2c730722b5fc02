package dev.sallyport.api.config;

import dev.sallyport.core.Invalid;
import dev.sallyport.core.token.KeySchedule;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings of a broker, {@code sallyport.*}.
 *
 * @param port the port that agents and targets call; 0 picks a free one
 * @param managementPort the port of health and metrics; 0 picks a free one
 * @param data the directory of the embedded database and its key
 * @param bootstrap the bundle for a database that has no configuration yet
 * @param issuer the issuer URL; by default the base URL
 * @param trustDomain the SPIFFE trust domain of agents; by default the issuer's host
 * @param allowOutbound hosts that keys may be fetched from over plain http or at private addresses
 * @param outboundProxy the HTTP proxy through which keys are fetched, but for the hosts of {@code allowOutbound}
 * @param outboundCa a PEM file of certificate authorities that are trusted for that beside the platform's
 * @param keyEncryptionKey files that each hold a 32-byte key in base64: the first seals signing keys, the others unseal
 *     what was sealed before; generated beside the embedded database only
 * @param keyRotation how long a token key signs before the next one takes over
 * @param keyPublishAhead how long a token key is published before it signs
 * @param discardUnreadableKeys whether stored keys that no key-encryption key opens are given up at this start
 * @param auditorRole the database role that may read the log, granted by the migrations
 * @param dpopNonce whether a DPoP proof needs a nonce of the broker's
 * @param dpopForWrites whether the admin API takes changes only with a token that is bound to a key, and a proof of it
 * @param callsPerCaller how many calls a second of the admin API one caller may make, for a while; 0 for any number
 * @param callsPerAddress the same for one address
 * @param corsOrigin origins whose pages may call the admin API and the token endpoint from a browser
 * @param trustedProxy addresses and ranges of proxies whose headers about their clients are believed
 * @param clientCertificateHeader the header in which they pass on the client's certificate
 * @param failuresPerAddress how many requests a second to the OAuth endpoints may fail from one address; 0 for any number
 * @param awsCertificates a file of the certificates by which AWS's identity documents are verified, instead of those that ship
 * @param azureCertificates a file of the roots of Azure's attested documents, instead of those that ship
 * @param stsEndpoint where AWS's security token service is, if it is not AWS's own of each region
 * @param kubernetesCluster clusters that are asked about their tokens, each {@code NAME=KUBECONFIG} or {@code NAME=in-cluster}
 * @param pushUrl where the log is sent as it grows
 * @param pushFormat how its entries are written there: ocsf or ndjson
 * @param pushHeader a file with one header, {@code Name: value}, that is sent along; read anew each time
 * @param dev whether this is for development: on loopback only, with an issuer that vouches for the developer
 * @param replica the name of this process in the log; by default its host and process id
 */
@ConfigurationProperties(prefix = "sallyport", ignoreUnknownFields = false)
public record BrokerProperties(
        @DefaultValue("8080") int port,
        @DefaultValue("9090") int managementPort,
        @DefaultValue("data") Path data,
        @Nullable Path bootstrap,
        @Nullable String issuer,
        @Nullable String trustDomain,
        List<String> allowOutbound,
        @Nullable String outboundProxy,
        @Nullable Path outboundCa,
        List<Path> keyEncryptionKey,
        @DefaultValue("P30D") Duration keyRotation,
        @DefaultValue("PT10M") Duration keyPublishAhead,
        @DefaultValue("false") boolean discardUnreadableKeys,
        @DefaultValue("sallyport_auditor") String auditorRole,
        @DefaultValue("optional") DpopNonce dpopNonce,
        @DefaultValue("false") boolean dpopForWrites,
        @DefaultValue("50") int callsPerCaller,
        @DefaultValue("100") int callsPerAddress,
        List<String> corsOrigin,
        List<String> trustedProxy,
        @Nullable String clientCertificateHeader,
        @DefaultValue("100") int failuresPerAddress,
        @Nullable Path awsCertificates,
        @Nullable Path azureCertificates,
        @Nullable URI stsEndpoint,
        List<String> kubernetesCluster,
        @Nullable URI pushUrl,
        @DefaultValue("ocsf") String pushFormat,
        @Nullable Path pushHeader,
        @DefaultValue("false") boolean dev,
        @Nullable String replica) {

    private static final int MAX_RATE = 100_000;

    public BrokerProperties {
        checkPort("port", port);
        checkPort("management-port", managementPort);
        allowOutbound = allowOutbound == null ? List.of() : List.copyOf(allowOutbound);
        checkRate("calls-per-caller", callsPerCaller);
        checkRate("calls-per-address", callsPerAddress);
        checkRate("failures-per-address", failuresPerAddress);
        corsOrigin = corsOrigin == null ? List.of() : List.copyOf(corsOrigin);
        trustedProxy = trustedProxy == null ? List.of() : List.copyOf(trustedProxy);
        kubernetesCluster = kubernetesCluster == null ? List.of() : List.copyOf(kubernetesCluster);
        keyEncryptionKey = keyEncryptionKey == null ? List.of() : List.copyOf(keyEncryptionKey);
        if (bootstrap != null) {
            Invalid.unless(Files.isReadable(bootstrap), "bootstrap", bootstrap + " does not exist or can't be read");
        }
        if (issuer != null) {
            Site.checkIssuer(issuer);
        }
        Invalid.unless(
                stsEndpoint == null || isBase(stsEndpoint),
                "sts-endpoint",
                "must be an http or https URL in lower case without a path");
    }

    /** When token keys come and go. */
    public KeySchedule keySchedule() {
        return new KeySchedule(keyRotation, keyPublishAhead);
    }

    /** When a DPoP proof needs a nonce (RFC 9449 section 8). */
    public enum DpopNonce {
        /** One that is there must be good. */
        OPTIONAL,
        /** There must be one. */
        REQUIRED
    }

    /** The configured name, or one that tells this process from others. */
    public String replicaName() {
        return replica != null ? replica : ProcessHandle.current().pid() + "@" + hostName();
    }

    private static String hostName() {
        String name = System.getenv("HOSTNAME");
        return name == null || name.isBlank() ? "localhost" : name;
    }

    private static boolean isBase(URI uri) {
        return uri.toString().matches("https?://[a-z0-9.-]+(:[0-9]{1,5})?") && uri.getHost() != null;
    }

    private static void checkRate(String field, int perSecond) {
        Invalid.unless(perSecond >= 0 && perSecond <= MAX_RATE, field, "must be 0 to " + MAX_RATE);
    }

    private static void checkPort(String field, int port) {
        Invalid.unless(port >= 0 && port <= 65_535, field, "must be a port from 0 to 65535");
    }
}
