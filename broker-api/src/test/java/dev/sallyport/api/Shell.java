package dev.sallyport.api;

import dev.sallyport.api.ctl.CtlCommand;
import dev.sallyport.api.ctl.Surroundings;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import picocli.CommandLine;

/** Runs {@code ctl} in this process as a shell would, with variables, standard input and a directory of its own. */
record Shell(Path directory, Map<String, String> variables, String input, boolean terminal, int columns) {

    /** One in which the broker is known. */
    static Shell at(Path directory, String broker) {
        return new Shell(directory, Map.of("SALLYPORT_BROKER", broker), "", false, 0);
    }

    /** What came of a command. */
    record Ran(int code, String out, String err) {}

    Shell with(String variable, String value) {
        Map<String, String> more = new HashMap<>(variables);
        more.put(variable, value);
        return new Shell(directory, Map.copyOf(more), input, terminal, columns);
    }

    Shell typing(String text) {
        return new Shell(directory, variables, text, terminal, columns);
    }

    Shell onTerminal(int width) {
        return new Shell(directory, variables, input, true, width);
    }

    Ran ctl(String... words) {
        return ctl(URI.create("http://localhost:1"), words);
    }

    /** The same where a metadata server answers. */
    Ran ctl(URI metadata, String... words) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = CtlCommand.in(new Surroundings(
                        variables::get,
                        new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                        directory,
                        terminal,
                        columns,
                        InstantSource.system(),
                        metadata,
                        metadata))
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true));
        int code = line.execute(words);
        return new Ran(code, out.toString(), err.toString());
    }
}
