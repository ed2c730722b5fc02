package dev.sallyport.api.breakglass;

import dev.sallyport.core.Invalid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** How to log in to the database as its owner. */
final class Logins {

    private static final int PATIENCE_SECONDS = 10;

    private Logins() {}

    /** With the password of {@code PGPASSWORD}, or the one that the driver finds in libpq's password file. */
    static DataSource of(String url, String user) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        try {
            source.setUrl(url);
        } catch (IllegalArgumentException e) {
            throw new Invalid("database-url", "must be a URL such as jdbc:postgresql://host/database");
        }
        source.setUser(user);
        String password = System.getenv("PGPASSWORD");
        if (password != null) {
            source.setPassword(password);
        }
        return patient(source);
    }

    /** By the password file that a broker keeps in its data directory while it runs. */
    static DataSource of(Path data, String user) {
        for (List<String> line : lines(data.resolve("pgpass"))) {
            if (line.size() == 5 && line.get(3).equals(user)) {
                PGSimpleDataSource source = new PGSimpleDataSource();
                source.setServerNames(new String[] {line.get(0)});
                source.setPortNumbers(new int[] {Integer.parseInt(line.get(1))});
                source.setDatabaseName(line.get(2));
                source.setUser(user);
                source.setPassword(line.get(4));
                return patient(source);
            }
        }
        throw new Invalid("database-user", "has no line in " + data.resolve("pgpass"));
    }

    private static List<List<String>> lines(Path file) {
        try {
            return Files.readAllLines(file).stream()
                    .map(line -> List.of(line.split(":", -1)))
                    .toList();
        } catch (IOException e) {
            throw new Invalid("data", file + " can't be read: is it the directory of a broker that runs?");
        }
    }

    private static DataSource patient(PGSimpleDataSource source) {
        source.setConnectTimeout(PATIENCE_SECONDS);
        source.setSocketTimeout(PATIENCE_SECONDS);
        return source;
    }
}
