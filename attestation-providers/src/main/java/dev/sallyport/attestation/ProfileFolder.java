package dev.sallyport.attestation;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.stream.Stream;

/**
 * The folder of profiles, wherever the module lies: in a directory of classes, a jar, or a jar within a jar.
 *
 * <p>A profile is there when its file is; nothing lists them.
 */
final class ProfileFolder {

    private static final String FOLDER = "profiles/";
    private static final String SUFFIX = ".json";

    /** Any file that is surely there. */
    private static final String ANCHOR = FOLDER + "oidc" + SUFFIX;

    private ProfileFolder() {}

    /** Reads all profiles, in no order; a malformed one is a defect of the build. */
    static List<Profile> read() {
        try {
            URL anchor = Profile.class.getResource(ANCHOR);
            if (anchor == null) {
                throw new IllegalStateException("there are no profiles");
            }
            List<Profile> profiles = new ArrayList<>();
            for (String type : types(anchor)) {
                profiles.add(read(type));
            }
            return profiles;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Profile read(String type) throws IOException {
        try (InputStream file = Profile.class.getResourceAsStream(FOLDER + type + SUFFIX)) {
            if (file == null) {
                throw new IllegalStateException("there is no profile " + type);
            }
            return ProfileFile.read(type, file.readAllBytes());
        }
    }

    /** The types that have a file beside this one. */
    static List<String> types(URL anchor) throws IOException {
        URLConnection connection = anchor.openConnection();
        return connection instanceof JarURLConnection jar ? inJar(jar) : inDirectory(anchor);
    }

    private static List<String> inJar(JarURLConnection anchor) throws IOException {
        String name = anchor.getEntryName();
        String folder = name.substring(0, name.length() - ANCHOR.length() + FOLDER.length());
        return anchor.getJarFile().stream()
                .map(JarEntry::getName)
                .filter(entry -> entry.startsWith(folder))
                .map(entry -> entry.substring(folder.length()))
                .filter(ProfileFolder::isProfile)
                .map(ProfileFolder::type)
                .toList();
    }

    private static List<String> inDirectory(URL anchor) throws IOException {
        try (Stream<Path> files = Files.list(Path.of(anchor.toURI()).resolveSibling("."))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(ProfileFolder::isProfile)
                    .map(ProfileFolder::type)
                    .toList();
        } catch (URISyntaxException e) {
            throw new IOException("the profiles are at no usable place", e);
        }
    }

    private static boolean isProfile(String file) {
        return file.endsWith(SUFFIX) && file.indexOf('/') < 0;
    }

    private static String type(String file) {
        return file.substring(0, file.length() - SUFFIX.length());
    }
}
