package dev.sallyport.api.ctl;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Rows for people: columns that are aligned, the last one cut where the terminal ends. */
final class Table {

    private static final String GAP = "  ";
    private static final String ELLIPSIS = "...";

    private final List<List<String>> rows = new ArrayList<>();

    Table(String... titles) {
        rows.add(List.of(titles));
    }

    /** Adds a row, of as many cells as there are titles. */
    void add(String... cells) {
        rows.add(Arrays.stream(cells).map(Table::plain).toList());
    }

    /** Adds a row unless there is one like it. */
    void addOnce(String... cells) {
        List<String> row = Arrays.stream(cells).map(Table::plain).toList();
        if (!rows.contains(row)) {
            rows.add(row);
        }
    }

    boolean isEmpty() {
        return rows.size() == 1;
    }

    /**
     * The lines.
     *
     * @param columns the width that they must not exceed; 0 for any
     */
    List<String> lines(int columns) {
        int[] widths = widths();
        return rows.stream().map(row -> line(row, widths, columns)).toList();
    }

    private int[] widths() {
        int[] widths = new int[rows.getFirst().size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        return widths;
    }

    private static String line(List<String> row, int[] widths, int columns) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < row.size(); i++) {
            line.append(i == 0 ? "" : GAP).append(row.get(i));
            line.repeat(" ", widths[i] - row.get(i).length());
        }
        return cut(line.toString().stripTrailing(), columns);
    }

    /** The text, if it is not longer than there is room for. */
    static String cut(String text, int columns) {
        if (columns <= ELLIPSIS.length() || text.length() <= columns) {
            return text;
        }
        return text.substring(0, columns - ELLIPSIS.length()) + ELLIPSIS;
    }

    /** Text on one line that does nothing to a terminal, whoever wrote it. */
    static String plain(String text) {
        StringBuilder plain = new StringBuilder(text.length());
        text.codePoints().forEach(each -> plain.appendCodePoint(harmless(each) ? each : ' '));
        return plain.toString().strip();
    }

    /** Control and format characters move cursors, and turn the direction of writing. */
    private static boolean harmless(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
