package dev.sallyport.api.state;

import dev.sallyport.api.document.Documents;
import dev.sallyport.core.Configuration;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The start-up bundle: read before anything else, so that one with mistakes starts nothing.
 *
 * @param file where it stands; null where the broker was given none
 * @param configuration its documents, and those that a start-up option adds
 */
public record Bundle(@Nullable Path file, Configuration configuration) {

    /** Reads the file; throws {@link dev.sallyport.core.Invalid} with the path of a field that breaks a rule. */
    public static Bundle read(@Nullable Path file) {
        return new Bundle(file, file == null ? Configuration.EMPTY : Documents.readBundle(file));
    }

    /** The same, with further documents that those of the file may refer to. */
    public static Bundle read(@Nullable Path file, Configuration added) {
        return new Bundle(file, file == null ? added : Documents.readBundle(file, added));
    }

    /** Whether there is anything to apply; a file without documents is, since it makes a revision. */
    boolean given() {
        return file != null || !configuration.equals(Configuration.EMPTY);
    }
}
