package dev.sallyport.api.verify;

import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/** What the command said and how it ended. */
public record Run(int code, String out, String err) {

    public static Run verify(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = new CommandLine(new VerifyCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
        return new Run(code, out.toString(), err.toString());
    }
}
