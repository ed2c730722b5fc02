package dev.sallyport.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Counts attempts by what they have in common. Claims are read from the entries, for the projection does not keep them. */
final class IssuanceCount {

    private static final String ACTIONS = """
            LEFT JOIN LATERAL (SELECT DISTINCT unnest(made.actions) AS action) AS act ON true
            """;

    private static final String CLAIMS = """
            LEFT JOIN LATERAL (
              SELECT sallyport.claims_of(e.detail) AS claims FROM sallyport.log_entry e WHERE e.index = made.index OFFSET 0
            ) AS said ON true
            """;

    private final IssuanceQuery query;
    private final List<GroupBy> by;

    IssuanceCount(IssuanceQuery query, List<GroupBy> by) {
        this.query = query;
        this.by = by;
    }

    Counts run(Connection connection) throws SQLException {
        IssuanceRange range = IssuanceRange.of(query, Long.MAX_VALUE, connection);
        if (range.isEmpty()) {
            return new Counts(List.of(), false);
        }
        try (PreparedStatement select = connection.prepareStatement(sql(range))) {
            int at = TermSearch.bind(query, select);
            for (GroupBy each : by) {
                if (each.kind() == GroupBy.Kind.CLAIM) {
                    select.setString(at++, each.name().replace('\0', '\ufffd'));
                }
            }
            List<Counts.Group> groups = groups(select);
            return groups.size() <= Counts.MOST
                    ? new Counts(groups, false)
                    : new Counts(groups.subList(0, Counts.MOST), true);
        }
    }

    private String sql(IssuanceRange range) {
        String columns = IntStream.range(0, by.size()).mapToObj(this::column).collect(Collectors.joining(", "));
        String grouped =
                IntStream.rangeClosed(1, by.size()).mapToObj(Integer::toString).collect(Collectors.joining(", "));
        return "SELECT " + columns + ", count(*) FROM (" + attempts(range) + ") AS made " + joins() + " GROUP BY "
                + grouped + " ORDER BY " + times() + "count(*) DESC, " + grouped + " LIMIT " + (Counts.MOST + 1);
    }

    private String attempts(IssuanceRange range) {
        if (query.terms().isEmpty()) {
            return "SELECT * FROM sallyport.issuance AS made WHERE made.index >= " + range.from() + " AND made.index < "
                    + range.to() + TermSearch.timely(query);
        }
        return """
                SELECT made.* FROM generate_series(%d::bigint, %d::bigint) AS number
                CROSS JOIN LATERAL (SELECT * FROM sallyport.issuance AS made WHERE %s AND %s OFFSET 0) AS made
                """.formatted(
                        TermSearch.firstSegment(range),
                        TermSearch.lastSegment(range),
                        TermSearch.having(range),
                        TermSearch.within(query, range));
    }

    private String column(int at) {
        return switch (by.get(at).kind()) {
            case HOUR -> "date_trunc('hour', made.time AT TIME ZONE 'UTC')";
            case DAY -> "date_trunc('day', made.time AT TIME ZONE 'UTC')";
            case AGENT -> "made.agent";
            case TARGET -> "made.target";
            case OUTCOME -> "made.outcome";
            case REASON -> "made.reason";
            case PROVIDER -> "made.provider";
            case ACTION -> "act.action";
            case CLAIM -> "claim" + at + ".text";
        };
    }

    private String joins() {
        StringBuilder joins = new StringBuilder();
        if (by.stream().anyMatch(each -> each.kind() == GroupBy.Kind.ACTION)) {
            joins.append(ACTIONS);
        }
        if (by.stream().anyMatch(each -> each.kind() == GroupBy.Kind.CLAIM)) {
            joins.append(CLAIMS);
        }
        for (int i = 0; i < by.size(); i++) {
            if (by.get(i).kind() == GroupBy.Kind.CLAIM) {
                joins.append(claim(i));
            }
        }
        return joins.toString();
    }

    private static String claim(int at) {
        return """
                LEFT JOIN LATERAL (
                  SELECT DISTINCT text FROM (SELECT said.claims -> ? AS value) AS c, jsonb_array_elements_text(
                    CASE jsonb_typeof(c.value) WHEN 'array' THEN c.value ELSE jsonb_build_array(c.value) END) AS v(text)
                ) AS claim%d ON true
                """.formatted(at);
    }

    private String times() {
        return IntStream.range(0, by.size())
                .filter(at -> by.get(at).isTime())
                .mapToObj(at -> (at + 1) + ", ")
                .collect(Collectors.joining());
    }

    private List<Counts.Group> groups(PreparedStatement select) throws SQLException {
        List<Counts.Group> groups = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                List<@Nullable String> values = new ArrayList<>();
                for (int i = 0; i < by.size(); i++) {
                    values.add(value(by.get(i).kind(), row, i + 1));
                }
                groups.add(new Counts.Group(values, row.getLong(by.size() + 1)));
            }
        }
        return groups;
    }

    private static @Nullable String value(GroupBy.Kind kind, ResultSet row, int at) throws SQLException {
        return switch (kind) {
            case HOUR ->
                row.getObject(at, LocalDateTime.class).toInstant(ZoneOffset.UTC).toString();
            case DAY -> row.getObject(at, LocalDateTime.class).toLocalDate().toString();
            default -> row.getString(at);
        };
    }
}
