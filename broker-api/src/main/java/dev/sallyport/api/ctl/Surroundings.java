package dev.sallyport.api.ctl;

import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the commands see of the process that they run in.
 *
 * @param variables the environment: a variable's value by its name
 * @param input standard input
 * @param directory what relative paths of well-known files begin at
 * @param terminal whether people look at standard output
 * @param columns the terminal's width; 0 where there is none
 * @param google Google Cloud's metadata server
 * @param azure Azure's metadata service
 */
public record Surroundings(
        Variables variables,
        InputStream input,
        Path directory,
        boolean terminal,
        int columns,
        InstantSource clock,
        URI google,
        URI azure) {

    /** A variable's value by its name; null where it is not set. */
    @FunctionalInterface
    public interface Variables {

        @Nullable
        String get(String name);
    }

    /** Those of this process. */
    static Surroundings ofProcess() {
        boolean terminal = Optional.ofNullable(System.console())
                .map(console -> console.isTerminal())
                .orElse(false);
        return new Surroundings(
                System::getenv,
                System.in,
                Path.of(""),
                terminal,
                terminal ? Columns.ofTerminal() : 0,
                InstantSource.system(),
                URI.create("http://metadata.google.internal"),
                URI.create("http://169.254.169.254"));
    }

    /** A variable that is set to something. */
    Optional<String> variable(String name) {
        return Optional.ofNullable(variables.get(name)).map(String::strip).filter(value -> !value.isEmpty());
    }

    /** Whether what is added and removed is told apart by colour, besides its sign. */
    boolean colours() {
        return terminal && variable("NO_COLOR").isEmpty();
    }
}
