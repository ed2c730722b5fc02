package dev.sallyport.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.nimbusds.jose.util.JSONObjectUtils;
import dev.sallyport.core.Hash;
import dev.sallyport.core.log.Merkle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Published consistency proofs, good and broken, between trees over the same eight leaves: our trees over them have exactly the
 * roots and the proofs of the good ones.
 */
class ConsistencyVectorsTest {

    private static final String VECTORS = "shared/data/merkle/consistency";

    /** The reference data of RFC 6962's implementations. */
    private static final List<byte[]> LEAVES = Stream.of(
                    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
            .map(hex -> Merkle.leaf(HexFormat.of().parseHex(hex)))
            .toList();

    @Test
    void published_vectors_of_consistency_proofs_hold() throws Exception {
        Path directory = find();
        assumeTrue(directory != null, "no " + VECTORS + " in any directory above");
        List<Path> files;
        try (Stream<Path> found = Files.walk(directory)) {
            files = found.filter(file -> file.toString().endsWith(".json")).toList();
        }
        assertThat(files).hasSizeGreaterThan(50);
        for (Path file : files) {
            Map<String, Object> vector = JSONObjectUtils.parse(Files.readString(file));
            assertThat(isOurs(vector)).as(file.toString()).isEqualTo(!Boolean.TRUE.equals(vector.get("wantErr")));
        }
    }

    private static boolean isOurs(Map<String, Object> vector) throws Exception {
        long first = JSONObjectUtils.getLong(vector, "size1");
        long second = JSONObjectUtils.getLong(vector, "size2");
        List<String> proof = new ArrayList<>();
        if (vector.get("proof") instanceof List<?> hashes) {
            hashes.forEach(hash -> proof.add(hex(hash)));
        }
        String root1 = hex(vector.get("root1"));
        String root2 = hex(vector.get("root2"));
        if (first == second) {
            return root1.equals(root2) && proof.isEmpty() && (first > 0 || root1.equals(root(List.of())));
        }
        return first >= 0
                && first < second
                && second <= LEAVES.size()
                && root1.equals(root(LEAVES.subList(0, (int) first)))
                && root2.equals(root(LEAVES.subList(0, (int) second)))
                && proof.equals(first == 0 ? List.of() : path((int) first, LEAVES.subList(0, (int) second), true));
    }

    /** RFC 6962 section 2.1.2, word by word. */
    private static List<String> path(int m, List<byte[]> leaves, boolean whole) {
        int n = leaves.size();
        if (m == n) {
            return new ArrayList<>(whole ? List.of() : List.of(root(leaves)));
        }
        int k = Integer.highestOneBit(n - 1);
        List<String> path = m <= k ? path(m, leaves.subList(0, k), whole) : path(m - k, leaves.subList(k, n), false);
        path.add(root(m <= k ? leaves.subList(k, n) : leaves.subList(0, k)));
        return path;
    }

    private static String root(List<byte[]> leafHashes) {
        return Hash.hex(Frontier.EMPTY.plus(leafHashes).root());
    }

    private static String hex(@Nullable Object base64) {
        return base64 == null ? "" : Hash.hex(Base64.getDecoder().decode((String) base64));
    }

    private static @Nullable Path find() {
        return Stream.iterate(Path.of("").toAbsolutePath(), directory -> directory != null, Path::getParent)
                .map(directory -> directory.resolve(VECTORS))
                .filter(Files::exists)
                .findFirst()
                .orElse(null);
    }
}
