package dev.sallyport.api;

import dev.sallyport.api.development.DevelopmentMode;
import dev.sallyport.api.security.ApiSecurity;
import dev.sallyport.core.Invalid;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.context.ConfigurableApplicationContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Unmatched;

/** {@code serve}: runs the broker until it is stopped. */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        description =
                "Runs the broker; prints one line when it can issue. Every option is also a property (sallyport.*) "
                        + "and an environment variable (SALLYPORT_*).")
final class ServeCommand implements Callable<Integer> {

    /** The broker runs on: the process must not end. */
    static final int STAYS_UP = -1;

    private static final Pattern PROPERTY =
            Pattern.compile("--(sallyport|server|spring|management|logging)\\.[a-z0-9.\\[\\]-]+=.*");

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "port for agents and targets; 0 picks a free one (8080)")
    private @Nullable String port;

    @Option(
            names = "--management-port",
            paramLabel = "PORT",
            description = "port for health and metrics; 0 picks a free one (9090)")
    private @Nullable String managementPort;

    @Option(names = "--data", paramLabel = "DIR", description = "directory of the embedded database (data)")
    private @Nullable String data;

    @Option(
            names = "--bootstrap",
            paramLabel = "FILE",
            description = "bundle of documents, for a database that has none yet")
    private @Nullable String bootstrap;

    @Option(names = "--issuer", paramLabel = "URL", description = "the issuer; by default the base URL")
    private @Nullable String issuer;

    @Option(
            names = "--allow-outbound",
            paramLabel = "HOST[,HOST]",
            description = "hosts whose keys may be fetched over plain http or at private addresses")
    private @Nullable String allowOutbound;

    @Option(
            names = "--outbound-proxy",
            paramLabel = "URL",
            description = "HTTP proxy through which keys are fetched, but for the hosts of --allow-outbound")
    private @Nullable String outboundProxy;

    @Option(
            names = "--outbound-ca",
            paramLabel = "FILE",
            description =
                    "certificate authorities, in PEM, that are trusted when keys are fetched, beside the platform's")
    private @Nullable String outboundCa;

    @Option(
            names = "--dpop-nonce",
            paramLabel = "WHEN",
            description = "whether a DPoP proof needs a nonce of the broker's: required or optional (optional)")
    private @Nullable String dpopNonce;

    @Option(
            names = "--trusted-proxy",
            paramLabel = "CIDR[,CIDR]",
            description = "addresses of proxies whose X-Forwarded-For and client certificate header are believed")
    private @Nullable String trustedProxy;

    @Option(
            names = "--client-certificate-header",
            paramLabel = "NAME",
            description = "header in which trusted proxies pass on the client's certificate, such as Client-Cert")
    private @Nullable String clientCertificateHeader;

    @Option(
            names = "--key-rotation",
            paramLabel = "DURATION",
            description = "how long a key signs tokens before the next one takes over (P30D)")
    private @Nullable String keyRotation;

    @Option(
            names = "--aws-certificates",
            paramLabel = "FILE",
            description = "certificates of AWS's identity documents, instead of those that ship")
    private @Nullable String awsCertificates;

    @Option(
            names = "--azure-certificates",
            paramLabel = "FILE",
            description = "roots of Azure's attested documents, instead of those that ship")
    private @Nullable String azureCertificates;

    @Option(
            names = "--sts-endpoint",
            paramLabel = "URL",
            description = "AWS's security token service, where it is not AWS's own of each region")
    private @Nullable String stsEndpoint;

    @Option(
            names = "--kubernetes-cluster",
            paramLabel = "NAME=FILE[,NAME=FILE]",
            description = "clusters that are asked about their tokens: a kubeconfig, or in-cluster")
    private @Nullable String kubernetesCluster;

    @Option(names = "--push-url", paramLabel = "URL", description = "where the log is sent as it grows")
    private @Nullable String pushUrl;

    @Option(
            names = "--push-format",
            paramLabel = "FORMAT",
            description = "how its entries are written there: ocsf or ndjson (ocsf)")
    private @Nullable String pushFormat;

    @Option(
            names = "--push-header",
            paramLabel = "FILE",
            description = "one header, Name: value, that is sent along; the file is read anew each time")
    private @Nullable String pushHeader;

    @Option(
            names = "--discard-unreadable-keys",
            description = "for one start, after the key-encryption key was lost: give up the keys that it sealed")
    private boolean discardUnreadableKeys;

    @Option(
            names = "--dev",
            description = "for development: on loopback only, with an issuer in the broker that makes you the admin")
    private boolean dev;

    @Unmatched
    private List<String> properties = new ArrayList<>();

    @Override
    public Integer call() {
        try {
            checkProperties();
            start(arguments());
            return STAYS_UP;
        } catch (RuntimeException e) {
            return failed(e);
        }
    }

    static ConfigurableApplicationContext start(List<String> arguments) {
        SpringApplication application = new SpringApplication(
                Wiring.class,
                LiveWiring.class,
                DocumentWiring.class,
                LogWiring.class,
                EdgeWiring.class,
                PushWiring.class,
                ApiSecurity.class,
                DevelopmentMode.class,
                Autoconfigured.class);
        application.setBannerMode(Banner.Mode.OFF);
        application.setLogStartupInfo(false);
        return application.run(arguments.toArray(String[]::new));
    }

    private List<String> arguments() {
        List<String> arguments = new ArrayList<>();
        add(arguments, "port", port);
        add(arguments, "management-port", managementPort);
        add(arguments, "data", data);
        add(arguments, "bootstrap", bootstrap);
        add(arguments, "issuer", issuer);
        add(arguments, "allow-outbound", allowOutbound);
        add(arguments, "outbound-proxy", outboundProxy);
        add(arguments, "outbound-ca", outboundCa);
        add(arguments, "dpop-nonce", dpopNonce);
        add(arguments, "trusted-proxy", trustedProxy);
        add(arguments, "client-certificate-header", clientCertificateHeader);
        add(arguments, "key-rotation", keyRotation);
        add(arguments, "aws-certificates", awsCertificates);
        add(arguments, "azure-certificates", azureCertificates);
        add(arguments, "sts-endpoint", stsEndpoint);
        add(arguments, "kubernetes-cluster", kubernetesCluster);
        add(arguments, "push-url", pushUrl);
        add(arguments, "push-format", pushFormat);
        add(arguments, "push-header", pushHeader);
        add(arguments, "discard-unreadable-keys", discardUnreadableKeys ? "true" : null);
        add(arguments, "dev", dev ? "true" : null);
        arguments.addAll(properties);
        return arguments;
    }

    /** Properties may be given as options, such as {@code --server.ssl.bundle=web}; anything else is a mistake. */
    private void checkProperties() {
        for (String each : properties) {
            Invalid.unless(PROPERTY.matcher(each).matches(), each, "is not a known option");
        }
    }

    private static void add(List<String> arguments, String name, @Nullable String value) {
        if (value != null) {
            arguments.add("--sallyport." + name + "=" + value);
        }
    }

    private static int failed(RuntimeException failure) {
        Optional<Invalid> invalid = Optional.empty();
        for (Throwable cause : causes(failure)) {
            invalid = invalid.or(() -> configurationError(cause));
        }
        if (invalid.isPresent()) {
            tell(invalid.get());
            return Sallyport.CONFIGURATION_ERROR;
        }
        System.err.println("sallyport: the broker did not start");
        failure.printStackTrace(System.err);
        return 1;
    }

    /** The field and the reason on one line, the last; what shows the place, as for a condition, comes before. */
    private static void tell(Invalid invalid) {
        String[] lines = invalid.reason().split("\n", -1);
        for (int i = 1; i < lines.length; i++) {
            System.err.println(lines[i]);
        }
        System.err.println("sallyport: configuration error: " + invalid.field() + ": " + lines[0]);
    }

    /** From the innermost outward. */
    private static List<Throwable> causes(Throwable failure) {
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        List<Throwable> causes = new ArrayList<>();
        for (Throwable each = failure; each != null && seen.add(each); each = each.getCause()) {
            causes.addFirst(each);
        }
        return causes;
    }

    private static Optional<Invalid> configurationError(Throwable cause) {
        return switch (cause) {
            case Invalid invalid -> Optional.of(invalid);
            case UnboundConfigurationPropertiesException unknown ->
                unknown.getUnboundProperties().stream()
                        .findFirst()
                        .map(ConfigurationProperty::getName)
                        .map(name -> new Invalid(name.toString(), "is not a known setting"));
            case InvalidConfigurationPropertyValueException bad ->
                Optional.of(new Invalid(bad.getName(), "can't be " + bad.getValue()));
            case BindException bad
            when bad.getProperty() != null ->
                Optional.of(new Invalid(
                        bad.getName().toString(),
                        "can't be " + bad.getProperty().getValue()));
            case PortInUseException taken -> Optional.of(new Invalid("port", "port " + taken.getPort() + " is in use"));
            default -> Optional.empty();
        };
    }
}
