package dev.sallyport.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.nimbusds.jose.util.JSONObjectUtils;
import dev.sallyport.core.Hash;
import dev.sallyport.core.log.Merkle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class TreeTest {

    private static final String VECTORS = "shared/data/merkle/inclusion";
    private static final Random RANDOM = new Random(7);
    private static final List<byte[]> LEAVES = leaves(70_000);

    static IntStream sizes() {
        return IntStream.concat(
                IntStream.of(1, 2, 3, 255, 256, 257, 511, 512, 513, 65_535, 65_536, 65_537, 70_000),
                RANDOM.ints(25, 1, 5_000));
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void frontier_and_proofs_are_those_of_the_definition(int size) throws SQLException {
        List<byte[]> leaves = LEAVES.subList(0, size);
        Tree tree = new Tree(size, TreeTest::definition);
        assertThat(tree.frontier().root()).isEqualTo(TestLog.naiveRoot(leaves));
        for (int i = 0; i < 5; i++) {
            int index = i == 0 ? size - 1 : RANDOM.nextInt(size);
            List<byte[]> path = tree.inclusion(index);
            assertThat(hex(path)).isEqualTo(hex(naivePath(index, leaves)));
            assertThat(Tree.includes(size, TestLog.naiveRoot(leaves), index, leaves.get(index), path))
                    .isTrue();
        }
    }

    @Test
    void a_proof_reads_two_tiles_of_each_level_at_most() throws SQLException {
        List<String> read = new ArrayList<>();
        Tree tree = new Tree(70_000, (level, tile, width) -> {
            read.add(level + "/" + tile + "/" + width);
            return definition(level, tile, width);
        });
        tree.inclusion(12_345);
        assertThat(read).containsExactlyInAnyOrder("0/48/256", "0/273/112", "1/0/256", "1/1/17");
    }

    @Test
    void subtrees_are_told_when_they_become_complete() {
        Map<String, String> told = new TreeMap<>();
        Frontier tree = Frontier.EMPTY;
        for (int start = 0; start < LEAVES.size(); start += 700) {
            tree = tree.plus(LEAVES.subList(start, start + 700), (level, index, hash) -> {
                assertThat(told.put(level + "/" + index, Hash.hex(hash))).isNull();
            });
        }
        Map<String, String> expected = new TreeMap<>();
        for (int i = 0; i < LEAVES.size() / 256; i++) {
            expected.put("1/" + i, Hash.hex(TestLog.naiveRoot(LEAVES.subList(i * 256, i * 256 + 256))));
        }
        expected.put("2/0", Hash.hex(TestLog.naiveRoot(LEAVES.subList(0, 65_536))));
        assertThat(told).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0, 0, 0",
        "1, 0, 0, 1",
        "255, 0, 0, 255",
        "256, 0, 0, 256",
        "256, 0, 1, 0",
        "256, 1, 0, 1",
        "257, 0, 1, 1",
        "70000, 0, 273, 112",
        "70000, 0, 274, 0",
        "70000, 1, 1, 17",
        "70000, 2, 0, 1",
        "70000, 3, 0, 0",
        "70000, 8, 0, 0",
        "70000, 63, 0, 0",
        "70000, 0, 999999999999999999, 0",
    })
    void a_tile_is_as_wide_as_the_tree_has_hashes_for_it(long size, int level, long tile, int width) {
        assertThat(Tree.width(size, level, tile)).isEqualTo(width);
    }

    @Test
    void published_vectors_of_inclusion_proofs_hold() throws Exception {
        Path directory = find();
        assumeTrue(directory != null, "no " + VECTORS + " in any directory above");
        List<Path> files;
        try (Stream<Path> found = Files.walk(directory)) {
            files = found.filter(file -> file.toString().endsWith(".json")).toList();
        }
        assertThat(files).hasSizeGreaterThan(50);
        for (Path file : files) {
            assertVector(file);
        }
    }

    /** Sizes and indexes are unsigned there; what does not fit a long is no tree of ours, and must fail anyway. */
    private static void assertVector(Path file) throws IOException, ParseException {
        Map<String, Object> vector = JSONObjectUtils.parse(Files.readString(file));
        List<byte[]> path = new ArrayList<>();
        if (vector.get("proof") instanceof List<?> hashes) {
            hashes.forEach(hash -> path.add(decoded(hash)));
        }
        boolean holds = Tree.includes(
                JSONObjectUtils.getLong(vector, "treeSize"),
                decoded(vector.get("root")),
                JSONObjectUtils.getLong(vector, "leafIdx"),
                decoded(vector.get("leafHash")),
                path);
        assertThat(holds).as(file.toString()).isEqualTo(!Boolean.TRUE.equals(vector.get("wantErr")));
    }

    private static byte[] decoded(@Nullable Object base64) {
        return base64 == null ? new byte[0] : Base64.getDecoder().decode((String) base64);
    }

    private static @Nullable Path find() {
        return Stream.iterate(Path.of("").toAbsolutePath(), directory -> directory != null, Path::getParent)
                .map(directory -> directory.resolve(VECTORS))
                .filter(Files::exists)
                .findFirst()
                .orElse(null);
    }

    /** Tiles as C2SP tlog-tiles defines them. */
    private static byte[] definition(int level, long tile, int width) {
        int leaves = 1 << (8 * level);
        List<byte[]> hashes = new ArrayList<>();
        for (int i = 0; i < width; i++) {
            int start = (int) (tile * 256 + i) * leaves;
            hashes.add(TestLog.naiveRoot(LEAVES.subList(start, start + leaves)));
        }
        return Frontier.concatenate(hashes);
    }

    /** RFC 6962 section 2.1.1, word by word. */
    static List<byte[]> naivePath(int m, List<byte[]> leafHashes) {
        int n = leafHashes.size();
        if (n == 1) {
            return new ArrayList<>();
        }
        int k = Integer.highestOneBit(n - 1);
        List<byte[]> path = m < k ? naivePath(m, leafHashes.subList(0, k)) : naivePath(m - k, leafHashes.subList(k, n));
        path.add(TestLog.naiveRoot(m < k ? leafHashes.subList(k, n) : leafHashes.subList(0, k)));
        return path;
    }

    private static List<String> hex(List<byte[]> hashes) {
        return hashes.stream().map(Hash::hex).toList();
    }

    private static List<byte[]> leaves(int count) {
        List<byte[]> leaves = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            leaves.add(Merkle.leaf(new byte[] {(byte) i, (byte) (i >> 8), (byte) (i >> 16)}));
        }
        return leaves;
    }
}
