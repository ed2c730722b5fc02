package dev.sallyport.api.local;

import dev.sallyport.core.Invalid;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/**
 * The directory of a broker that runs on the embedded database: for its owner's eyes only, and for one broker at a time.
 *
 * <p>The lock dies with the process, however that ends.
 */
public final class DataDirectory implements AutoCloseable {

    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> OWNER_READS = PosixFilePermissions.fromString("rw-------");

    private final Path path;
    private final FileChannel lock;

    private DataDirectory(Path path, FileChannel lock) {
        this.path = path;
        this.lock = lock;
    }

    public static DataDirectory open(Path path) {
        try {
            Path directory = path.toAbsolutePath().normalize();
            Files.createDirectories(directory);
            Files.setPosixFilePermissions(directory, OWNER_ONLY);
            return new DataDirectory(directory, lock(directory));
        } catch (IOException e) {
            throw new Invalid("data", path + " can't be used: " + e);
        }
    }

    private static FileChannel lock(Path directory) throws IOException {
        FileChannel file =
                FileChannel.open(directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (file.tryLock() != null) {
                return file;
            }
        } catch (OverlappingFileLockException e) {
            // Another broker in this very process holds it.
        }
        file.close();
        throw new Invalid("data", directory + " is in use by another broker");
    }

    public Path resolve(String name) {
        return path.resolve(name);
    }

    /** Writes a file that only the owner may read, all of it or nothing. */
    public void writeSecret(String name, String content) {
        try {
            Path fresh = Files.createTempFile(path, name, ".new", PosixFilePermissions.asFileAttribute(OWNER_READS));
            Files.write(fresh, content.getBytes(StandardCharsets.UTF_8));
            Files.move(fresh, path.resolve(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What such a file holds; empty where there is none yet. */
    public Optional<String> readSecret(String name) {
        try {
            Path file = path.resolve(name);
            return Files.exists(file) ? Optional.of(Files.readString(file)) : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }
}
