package dev.sallyport.api.verify;

import dev.sallyport.core.Hash;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A log's size and root hash at one time, as C2SP tlog-checkpoint and signed-note write them.
 *
 * @param text the bytes that are signed
 * @param signatures the lines behind them
 */
@SuppressWarnings("ArrayRecordComponent") // Nobody compares these records.
record Checkpoint(String origin, long size, byte[] root, byte[] text, List<String> signatures) {

    /** Longer than any real one, witnesses' signatures included. */
    static final int MAX_LENGTH = 1 << 16;

    private static final Pattern SIZE = Pattern.compile("0|[1-9][0-9]{0,17}");
    private static final int ID_LENGTH = 4;

    static Checkpoint parse(String note) throws Disagreement {
        int end = note.lastIndexOf("\n\n");
        String[] lines = end < 0 ? new String[0] : note.substring(0, end).split("\n", -1);
        if (lines.length < 3 || lines[0].isEmpty() || !SIZE.matcher(lines[1]).matches()) {
            throw malformed();
        }
        return new Checkpoint(
                lines[0],
                Long.parseLong(lines[1]),
                root(lines[2]),
                note.substring(0, end + 1).getBytes(StandardCharsets.UTF_8),
                note.substring(end + 2).lines().toList());
    }

    private static byte[] root(String base64) throws Disagreement {
        try {
            byte[] root = Base64.getDecoder().decode(base64);
            if (root.length == Hash.LENGTH) {
                return root;
            }
        } catch (IllegalArgumentException e) {
            throw malformed();
        }
        throw malformed();
    }

    private static Disagreement malformed() {
        return new Disagreement("the checkpoint is no signed note with an origin, a size and a root hash");
    }

    /** Throws unless the key signed it. Signatures of others, such as witnesses, are left alone. */
    void require(VerifierKey key) throws Disagreement {
        if (!origin.equals(key.name())) {
            throw new Disagreement("the checkpoint of " + size + " entries is of " + origin + ", not of " + key.name());
        }
        if (isSignedBy(key)) {
            return;
        }
        throw new Disagreement("the checkpoint of " + size + " entries has no valid signature of " + key);
    }

    /** The first of the keys that signed it; the last one where none did. A log has several while one replaces another. */
    VerifierKey signer(List<VerifierKey> keys) {
        return keys.stream().filter(this::isSignedBy).findFirst().orElse(keys.getLast());
    }

    private boolean isSignedBy(VerifierKey key) {
        String ours = "\u2014 " + key.name() + " ";
        return signatures.stream().anyMatch(line -> line.startsWith(ours) && holds(line.substring(ours.length()), key));
    }

    private boolean holds(String base64, VerifierKey key) {
        try {
            byte[] bytes = Base64.getDecoder().decode(base64);
            return bytes.length > ID_LENGTH
                    && HexFormat.of().formatHex(bytes, 0, ID_LENGTH).equals(key.id())
                    && key.verifies(Arrays.copyOfRange(bytes, ID_LENGTH, bytes.length), text);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    boolean has(byte[] otherRoot) {
        return Arrays.equals(root, otherRoot);
    }

    @Override
    public String toString() {
        return "Checkpoint[" + origin + ", " + size + "]";
    }
}
