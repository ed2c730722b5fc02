package dev.sallyport.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.core.Hash;
import dev.sallyport.core.log.Merkle;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FrontierTest {

    @Test
    void the_root_is_that_of_the_naive_tree_however_the_leaves_were_batched() {
        SplittableRandom random = new SplittableRandom(6962);
        for (int round = 0; round < 200; round++) {
            List<byte[]> leaves = new ArrayList<>();
            Frontier frontier = Frontier.EMPTY;
            for (int batch = 0; batch < 6; batch++) {
                List<byte[]> more = leaves(random, random.nextInt(40));
                leaves.addAll(more);
                frontier = Frontier.of(leaves.size(), frontier.plus(more).bytes());
                assertThat(frontier.root()).isEqualTo(TestLog.naiveRoot(leaves));
            }
        }
    }

    @Test
    void every_size_has_the_naive_root_and_the_hashes_of_its_complete_subtrees() {
        List<byte[]> leaves = leaves(new SplittableRandom(1), 260);
        Frontier frontier = Frontier.EMPTY;
        for (int size = 0; size < leaves.size(); size++) {
            assertThat(frontier.size()).isEqualTo(size);
            assertThat(frontier.root()).isEqualTo(TestLog.naiveRoot(leaves.subList(0, size)));
            assertThat(Hash.hex(frontier.bytes())).isEqualTo(subtrees(leaves, size));
            frontier = frontier.plus(List.of(leaves.get(size)));
        }
    }

    @Test
    void the_reference_tree_of_certificate_transparency_has_its_published_root() {
        List<byte[]> leaves = Stream.of(
                        "",
                        "00",
                        "10",
                        "2021",
                        "3031",
                        "40414243",
                        "5051525354555657",
                        "606162636465666768696a6b6c6d6e6f")
                .map(HexFormat.of()::parseHex)
                .map(Merkle::leaf)
                .toList();
        assertThat(Hash.hex(Frontier.EMPTY.plus(leaves).root()))
                .isEqualTo("5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
    }

    @Test
    void hashes_that_do_not_fit_the_size_are_refused() {
        assertThatThrownBy(() -> Frontier.of(3, new byte[Hash.LENGTH])).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> Frontier.of(-1, new byte[64 * Hash.LENGTH])).isInstanceOf(IllegalStateException.class);
    }

    private static String subtrees(List<byte[]> leaves, int size) {
        StringBuilder hashes = new StringBuilder();
        int from = 0;
        for (int bit = Integer.highestOneBit(size); bit > 0; bit >>= 1) {
            if ((size & bit) != 0) {
                hashes.append(Hash.hex(TestLog.naiveRoot(leaves.subList(from, from + bit))));
                from += bit;
            }
        }
        return hashes.toString();
    }

    private static List<byte[]> leaves(SplittableRandom random, int count) {
        List<byte[]> leaves = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] leaf = new byte[Hash.LENGTH];
            random.nextBytes(leaf);
            leaves.add(leaf);
        }
        return leaves;
    }
}
