package dev.sallyport.api.ctl;

import dev.sallyport.core.Hash;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code ctl audit receipt}: the proof that a token is in the log. */
@Command(
        name = "receipt",
        mixinStandardHelpOptions = true,
        description = {
            "Prints the proof that a token is in the log (C2SP tlog-proof, or JSON with -o json).",
            "For a token on standard input nobody needs a scope."
        })
final class ReceiptCommand extends BrokerCommand {

    private static final int NOT_YET = 503;

    /** A checkpoint comes about once a second. */
    private static final int ATTEMPTS = 5;

    private static final int MOST = 64 * 1024;

    @Parameters(paramLabel = "JTI|-", description = "the id of a token, or - for a token on standard input")
    private String which = "";

    @Override
    int run() throws Failure {
        Source source = which.equals("-") ? ofToken(read()) : ofId(Audited.id(which));
        Answer answer = source.ask();
        for (int i = 1; answer.status() == NOT_YET && i < ATTEMPTS; i++) {
            pause();
            answer = source.ask();
        }
        if (!answer.ok()) {
            throw Refusal.of(answer);
        }
        out().println(answer.text().stripTrailing());
        return 0;
    }

    /** Where the receipt is asked for. */
    @FunctionalInterface
    private interface Source {

        Answer ask() throws Failure;
    }

    private Source ofId(String jti) throws Failure {
        Session session = session("audit:read");
        return () -> session.attempt("/v1/issuances/" + jti + "/receipt", request -> request.GET(), accept());
    }

    private Source ofToken(String token) throws Failure {
        Broker broker = broker();
        String hash = Hash.hex(Hash.sha256(token.getBytes(StandardCharsets.US_ASCII)));
        return () -> broker.send(broker.request("/log/receipt/" + hash).header("Accept", type()));
    }

    private Map<String, String> accept() {
        return Map.of("Accept", type());
    }

    private String type() {
        return structured() ? "application/json" : "text/plain";
    }

    private String read() throws Failure {
        try {
            return new String(surroundings().input().readNBytes(MOST), StandardCharsets.US_ASCII).strip();
        } catch (IOException e) {
            throw Failure.badInput("standard input can't be read");
        }
    }

    private static void pause() throws Failure {
        try {
            TimeUnit.SECONDS.sleep(1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.outOfReach("interrupted");
        }
    }
}
