package dev.sallyport.api.outbound;

import dev.sallyport.attestation.Fetch;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.DefaultSchemePortResolver;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.impl.routing.DefaultRoutePlanner;
import org.apache.hc.client5.http.io.HttpClientConnectionManager;
import org.apache.hc.client5.http.routing.HttpRoutePlanner;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * Fetches keys and discovery documents from outside, and nothing else.
 *
 * <p>Only https and only public addresses, but for hosts that the start-up configuration allows. The address that was
 * checked is the one that is connected to, since the check sits in the resolver. No redirects, no cookies, no retries; two
 * seconds for each step, {@value #MAX_SECONDS} for the whole; at most 1 MiB.
 *
 * <p>Where there is a proxy it is the one that looks up names and connects, so that what it may reach is for its own rules to
 * say; addresses that stand in a URL are still checked here. Hosts that are allowed are reached without it.
 */
public final class Outbound implements Fetch, AutoCloseable {

    private static final int MAX_BYTES = 1 << 20;
    private static final int MAX_SECONDS = 4;
    private static final Timeout STEP = Timeout.ofSeconds(2);

    /** As many as there can be key sources, so that issuers that hang take no connection from others. */
    private static final int MAX_CONNECTIONS = 1024;

    /** Several issuers may be on one host, each with one fetch at a time. */
    private static final int MAX_CONNECTIONS_TO_ONE = 16;

    private final Set<String> allowedHosts;
    private final @Nullable OutboundProxy proxy;
    private final TlsSocketStrategy tls;
    private final CloseableHttpClient client;
    private final ScheduledExecutorService deadlines = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("outbound-deadline").factory());

    /**
     * Prepares to fetch.
     *
     * @param allowedHosts hosts that may be reached over plain http and at private addresses
     */
    public Outbound(List<String> allowedHosts) {
        this(allowedHosts, null, null);
    }

    /** The same through a proxy, or with further certificate authorities. */
    public Outbound(
            List<String> allowedHosts, @Nullable OutboundProxy proxy, @Nullable PrivateAuthorities authorities) {
        this.allowedHosts = allowedHosts.stream().map(Outbound::bare).collect(Collectors.toUnmodifiableSet());
        this.proxy = proxy;
        this.tls = authorities == null
                ? DefaultClientTlsStrategy.createDefault()
                : new DefaultClientTlsStrategy(authorities.tls());
        this.client = HttpClients.custom()
                .setConnectionManager(connections())
                .setRoutePlanner(routes())
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setResponseTimeout(STEP)
                        .setConnectionRequestTimeout(STEP)
                        .setRedirectsEnabled(false)
                        .build())
                .disableRedirectHandling()
                .disableCookieManagement()
                .disableAutomaticRetries()
                .disableAuthCaching()
                .build();
    }

    private HttpClientConnectionManager connections() {
        return PoolingHttpClientConnectionManagerBuilder.create()
                .setDnsResolver(resolver())
                .setTlsSocketStrategy(tls)
                .setMaxConnPerRoute(MAX_CONNECTIONS_TO_ONE)
                .setMaxConnTotal(MAX_CONNECTIONS)
                .setDefaultConnectionConfig(ConnectionConfig.custom()
                        .setConnectTimeout(STEP)
                        .setSocketTimeout(STEP)
                        .setTimeToLive(1, TimeUnit.MINUTES)
                        .build())
                .setDefaultSocketConfig(SocketConfig.custom().setSoTimeout(STEP).build())
                .build();
    }

    @Override
    public byte[] get(URI uri) throws IOException {
        String host = checkedHost(uri);
        HttpGet request = new HttpGet(uri);
        request.setHeader("Accept", "application/json, application/jwk-set+json");
        ScheduledFuture<?> deadline = deadlines.schedule(request::cancel, MAX_SECONDS, TimeUnit.SECONDS);
        try {
            return client.execute(request, response -> {
                if (response.getCode() != 200) {
                    throw new IOException(host + " answered " + response.getCode());
                }
                return read(response.getEntity(), host);
            });
        } finally {
            deadline.cancel(false);
        }
    }

    /** The host of a URL that may be asked. */
    String checkedHost(URI uri) throws IOException {
        String host = uri.getHost();
        if (host == null) {
            throw new IOException("the URL names no host");
        }
        boolean plain = "http".equalsIgnoreCase(uri.getScheme());
        if (!plain && !"https".equalsIgnoreCase(uri.getScheme())) {
            throw new IOException("the URL is neither https nor http");
        }
        if (plain && !allowed(host)) {
            throw new IOException("plain http to " + host + " is not allowed (--allow-outbound)");
        }
        if (proxy != null && !allowed(host) && PublicAddress.isOther(bare(host))) {
            throw new IOException(host + " is a private address, which is not allowed (--allow-outbound)");
        }
        return host;
    }

    /** Resolves to addresses that may be connected to. */
    DnsResolver resolver() {
        return new CheckedResolver();
    }

    /** Whose certificates are believed. */
    TlsSocketStrategy tls() {
        return tls;
    }

    /** Through the proxy, but for hosts that are allowed. */
    HttpRoutePlanner routes() {
        return new Routes();
    }

    @Override
    public void close() throws IOException {
        deadlines.shutdownNow();
        client.close();
    }

    private static byte[] read(HttpEntity entity, String host) throws IOException {
        byte[] body = new byte[8192];
        int length = 0;
        try (InputStream in = entity.getContent()) {
            for (int n = in.read(body); n >= 0; n = in.read(body, length, body.length - length)) {
                length += n;
                if (length > MAX_BYTES) {
                    throw new IOException(host + " answered with more than 1 MiB");
                }
                if (length == body.length) {
                    body = Arrays.copyOf(body, body.length * 2);
                }
            }
        }
        return Arrays.copyOf(body, length);
    }

    private boolean allowed(String host) {
        return allowedHosts.contains(bare(host));
    }

    /** A host as it is compared: lower case, an IPv6 address without brackets. */
    private static String bare(String host) {
        return host.strip().toLowerCase(Locale.ROOT).replace("[", "").replace("]", "");
    }

    /** Through the proxy, but for hosts that are allowed. */
    private final class Routes extends DefaultRoutePlanner {

        Routes() {
            super(DefaultSchemePortResolver.INSTANCE);
        }

        @Override
        protected @Nullable HttpHost determineProxy(HttpHost target, HttpContext context) {
            return proxy == null || allowed(target.getHostName()) ? null : proxy.host();
        }
    }

    /** Resolves a host to addresses that may be connected to; beside a proxy only its own and those of allowed hosts. */
    private final class CheckedResolver implements DnsResolver {

        @Override
        public InetAddress[] resolve(String host) throws UnknownHostException {
            InetAddress[] addresses = SystemDefaultDnsResolver.INSTANCE.resolve(host);
            boolean own = proxy != null && bare(host).equals(bare(proxy.host().getHostName()));
            if (!own && !allowed(host) && !Arrays.stream(addresses).allMatch(PublicAddress::is)) {
                throw new UnknownHostException(
                        host + " has a private address, which is not allowed (--allow-outbound)");
            }
            return addresses;
        }

        @Override
        public String resolveCanonicalHostname(String host) {
            return host;
        }
    }
}
