package dev.sallyport.api.ctl;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TableTest {

    @Test
    void columns_are_aligned_and_lines_end_with_their_last_word() {
        Table table = new Table("NAME", "KIND");
        table.add("invoice-bot", "workload");
        table.add("a", "");

        assertThat(table.lines(0)).containsExactly("NAME         KIND", "invoice-bot  workload", "a");
    }

    @Test
    void lines_are_cut_where_the_terminal_ends() {
        Table table = new Table("NAME", "WHEN");
        table.add("p", "attestation.claims.ref == 'refs/heads/main'");

        assertThat(table.lines(20)).containsExactly("NAME  WHEN", "p     attestation...");
    }

    @Test
    void text_of_strangers_moves_no_cursor_and_starts_no_line() {
        assertThat(Table.plain("a\nb\u001b[2J\u202ec\u0000")).isEqualTo("a b [2J c");
    }

    @Test
    void a_row_is_added_once() {
        Table table = new Table("VALUE");
        table.addOnce("x");
        table.addOnce("x");

        assertThat(table.lines(0)).containsExactly("VALUE", "x");
    }
}
