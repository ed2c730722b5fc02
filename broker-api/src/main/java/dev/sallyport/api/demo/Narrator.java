package dev.sallyport.api.demo;

import java.io.Console;
import java.io.PrintStream;
import java.util.Optional;

/** Tells the story to a person at a terminal. */
final class Narrator {

    private final PrintStream out;
    private final boolean colour = System.getenv("NO_COLOR") == null
            && Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
    private int chapters;

    Narrator(PrintStream out) {
        this.out = out;
    }

    void chapter(String title) {
        out.println();
        out.println(styled("1", ++chapters + ". " + title));
    }

    void say(String sentence) {
        out.println("   " + sentence);
    }

    /** Something to read closely or to copy, several lines perhaps. */
    void code(String text) {
        text.lines().forEach(line -> out.println("     " + styled("36", line)));
    }

    /** A step that was checked and held. */
    void held(String fact) {
        out.println("   " + styled("32", "ok") + " " + fact);
    }

    void failed(String reason) {
        out.println("   " + styled("31", "FAILED") + " " + reason);
    }

    private String styled(String code, String text) {
        return colour ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
    }
}
