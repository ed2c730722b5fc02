package dev.sallyport.core.log;

import dev.sallyport.core.Hash;
import dev.sallyport.core.Invalid;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Signs notes, and knows its own again (C2SP signed-note v1.0.0): a text, an empty line, a signature line for each key.
 *
 * <p>The name is the origin of the log's checkpoints. While one key takes over from another there are several, so that whoever
 * knows only one of them can still verify.
 */
public final class Notes {

    private static final byte ED25519 = 1;
    private static final int ID_LENGTH = 4;
    private static final Pattern NAME = Pattern.compile("[^\\s+]+");
    private static final String SIGNATURE = "— ";

    private final String name;
    private final List<LogKey> keys;

    /**
     * Takes the keys and their name.
     *
     * @param keys those that sign, the newest first
     * @throws Invalid when the name could not stand in a note
     */
    public Notes(String name, List<LogKey> keys) {
        Invalid.unless(NAME.matcher(name).matches(), "issuer", "can have neither spaces nor + for it names the log");
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("nothing signs without a key");
        }
        this.name = name;
        this.keys = List.copyOf(keys);
    }

    /** The same with one key. */
    public Notes(String name, LogKey key) {
        this(name, List.of(key));
    }

    public String name() {
        return name;
    }

    /** The verifier keys, the newest first: name, key id and key, as clients are configured with one. */
    public List<String> verifierKeys() {
        return keys.stream()
                .map(key -> name + "+" + Hash.hex(id(key)) + "+"
                        + Base64.getEncoder().encodeToString(typed(key)))
                .toList();
    }

    private byte[] id(LogKey key) {
        byte[] line = (name + "\n").getBytes(StandardCharsets.UTF_8);
        return Arrays.copyOf(Hash.sha256(line, typed(key)), ID_LENGTH);
    }

    private static byte[] typed(LogKey key) {
        return joined(new byte[] {ED25519}, key.publicBytes());
    }

    /**
     * The note of a text.
     *
     * @param text lines, each with its newline
     */
    public String sign(String text) {
        StringBuilder note = new StringBuilder(text).append('\n');
        for (LogKey key : keys) {
            byte[] signature = joined(id(key), key.sign(text.getBytes(StandardCharsets.UTF_8)));
            note.append(SIGNATURE)
                    .append(name)
                    .append(' ')
                    .append(Base64.getEncoder().encodeToString(signature))
                    .append('\n');
        }
        return note.toString();
    }

    /**
     * The text of a note, if one of the keys has signed it; under another name perhaps, which a log has when its issuer was
     * another.
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
                    && keys.stream()
                            .anyMatch(key -> key.verifies(
                                    text.getBytes(StandardCharsets.UTF_8),
                                    Arrays.copyOfRange(signature, ID_LENGTH, signature.length)));
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
