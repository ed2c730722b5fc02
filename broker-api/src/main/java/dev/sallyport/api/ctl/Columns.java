package dev.sallyport.api.ctl;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How wide the terminal is. */
final class Columns {

    private static final Pattern SIZE = Pattern.compile("[0-9]{1,5} ([0-9]{1,5})\\s*");

    private Columns() {}

    /** As the shell says, or the terminal itself; 0 where neither knows. */
    static int ofTerminal() {
        String said = System.getenv("COLUMNS");
        return said != null && said.matches("[0-9]{1,5}") ? Integer.parseInt(said) : asked();
    }

    private static int asked() {
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(ProcessBuilder.Redirect.INHERIT)
                    .start();
            if (!stty.waitFor(1, TimeUnit.SECONDS)) {
                stty.destroyForcibly();
                return 0;
            }
            return read(new String(stty.getInputStream().readNBytes(32), StandardCharsets.US_ASCII));
        } catch (IOException e) {
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }

    private static int read(String size) {
        Matcher matcher = SIZE.matcher(size);
        return matcher.matches() ? Integer.parseInt(matcher.group(1)) : 0;
    }
}
