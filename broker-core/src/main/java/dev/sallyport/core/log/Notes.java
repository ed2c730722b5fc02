package dev.sallyport.core.log;

import dev.sallyport.core.Hash;
import dev.sallyport.core.Invalid;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Signs notes, and knows its own again (C2SP signed-note v1.0.0): a text, an empty line, a signature line.
 *
 * <p>The name is the origin of the log's checkpoints.
 */
public final class Notes {

    private static final byte ED25519 = 1;
    private static final int ID_LENGTH = 4;
    private static final Pattern NAME = Pattern.compile("[^\\s+]+");
    private static final String SIGNATURE = "— ";

    private final String name;
    private final LogKey key;
    private final byte[] typedKey;
    private final byte[] id;

    /**
     * Takes the key and its name.
     *
     * @throws Invalid when the name could not stand in a note
     */
    public Notes(String name, LogKey key) {
        Invalid.unless(NAME.matcher(name).matches(), "issuer", "can have neither spaces nor + for it names the log");
        this.name = name;
        this.key = key;
        this.typedKey = joined(new byte[] {ED25519}, key.publicBytes());
        byte[] line = (name + "\n").getBytes(StandardCharsets.UTF_8);
        this.id = Arrays.copyOf(Hash.sha256(line, typedKey), ID_LENGTH);
    }

    public String name() {
        return name;
    }

    /** The verifier key: name, key id and key, as clients are configured with it. */
    public String verifierKey() {
        return name + "+" + Hash.hex(id) + "+" + Base64.getEncoder().encodeToString(typedKey);
    }

    /**
     * The note of a text.
     *
     * @param text lines, each with its newline
     */
    public String sign(String text) {
        byte[] signature = key.sign(text.getBytes(StandardCharsets.UTF_8));
        return text + "\n" + SIGNATURE + name + " " + Base64.getEncoder().encodeToString(joined(id, signature)) + "\n";
    }

    /**
     * The text of a note, if this key has signed it; under another name perhaps, which a log has when its issuer was another.
     */
    public Optional<String> text(String note) {
        int end = note.lastIndexOf("\n\n");
        if (end < 0) {
            return Optional.empty();
        }
        String text = note.substring(0, end + 1);
        return note.substring(end + 2).lines().anyMatch(line -> signs(line, text))
                ? Optional.of(text)
                : Optional.empty();
    }

    private boolean signs(String line, String text) {
        int space = line.lastIndexOf(' ');
        if (!line.startsWith(SIGNATURE) || space < SIGNATURE.length()) {
            return false;
        }
        try {
            byte[] signature = Base64.getDecoder().decode(line.substring(space + 1));
            return signature.length == ID_LENGTH + LogKey.SIGNATURE_LENGTH
                    && key.verifies(
                            text.getBytes(StandardCharsets.UTF_8),
                            Arrays.copyOfRange(signature, ID_LENGTH, signature.length));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static byte[] joined(byte[] left, byte[] right) {
        return ByteBuffer.allocate(left.length + right.length)
                .put(left)
                .put(right)
                .array();
    }

    @Override
    public String toString() {
        return "Notes[" + name + "]";
    }
}
