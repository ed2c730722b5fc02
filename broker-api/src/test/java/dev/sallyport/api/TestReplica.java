package dev.sallyport.api;

import com.nimbusds.jose.util.JSONObjectUtils;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A broker in a process of its own, which can be killed and frozen, and started again at the same port. */
final class TestReplica implements AutoCloseable {

    private static final String READY = "sallyport ready ";

    private final String name;
    private final List<String> settings;
    private final Path log;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private Process process;
    private volatile String url;

    private TestReplica(String name, List<String> settings, Path log) throws IOException {
        this.name = name;
        this.settings = settings;
        this.log = log;
        this.process = begin(0);
        this.url = ready();
    }

    /** Starts it, with settings as Java system properties have them. */
    static TestReplica start(String name, List<String> settings, Path directory) throws IOException {
        return new TestReplica(name, settings, directory.resolve(name + ".log"));
    }

    private Process begin(int port) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx192m", "--enable-native-access=ALL-UNNAMED"));
        settings.forEach(setting -> command.add("-D" + setting));
        command.addAll(List.of("-Dsallyport.replica=" + name, "-Dsallyport.port=" + port));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Sallyport.class.getName(), "serve"));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }

    private String ready() throws IOException {
        BufferedReader lines = process.inputReader();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith(READY)) {
                return line.split(" ", -1)[2];
            }
        }
        throw new IOException(name + " did not get ready; see " + log);
    }

    String url() {
        return url;
    }

    String name() {
        return name;
    }

    void killHard() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    void startAgain() throws IOException {
        process = begin(URI.create(url).getPort());
        url = ready();
    }

    /** Sends a signal such as STOP or CONT. */
    void signal(String signal) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                .start()
                .waitFor();
    }

    /** The token that it issues; empty where it refuses or can't be reached. */
    Optional<String> token(String evidence, Duration patience) {
        String form = RunningBroker.form(
                "grant_type", RunningBroker.JWT_BEARER, "assertion", evidence, "resource", RunningBroker.INVOICES);
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/oauth2/token"))
                .timeout(patience)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(form))
                .build();
        try {
            HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
            return answer.statusCode() == 200
                    ? Optional.of(JSONObjectUtils.getString(JSONObjectUtils.parse(answer.body()), "access_token"))
                    : Optional.empty();
        } catch (IOException | ParseException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    @Override
    public void close() throws Exception {
        signal("CONT");
        killHard();
        http.close();
    }
}
