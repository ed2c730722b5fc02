package dev.sallyport.attestation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProfileFolderTest {

    private static final List<String> FILES = List.of(
            "module/profiles/oidc.json",
            "module/profiles/acme.json",
            "module/profiles/README.md",
            "module/profiles/old/gone.json",
            "module/other.json");

    @Test
    void every_file_in_a_directory_is_a_type(@TempDir Path directory) throws IOException {
        for (String file : FILES) {
            Path path = directory.resolve(file);
            Files.createDirectories(Objects.requireNonNull(path.getParent()));
            Files.writeString(path, "{}");
        }

        assertThat(ProfileFolder.types(
                        directory.resolve(FILES.getFirst()).toUri().toURL()))
                .containsExactlyInAnyOrder("oidc", "acme");
    }

    @Test
    void so_is_every_file_in_a_jar_even_without_entries_for_folders(@TempDir Path directory) throws IOException {
        Path jar = directory.resolve("module.jar");
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(out)) {
            for (String file : FILES) {
                entries.putNextEntry(new JarEntry(file));
                entries.write('{');
            }
        }
        URI anchor = URI.create("jar:" + jar.toUri() + "!/" + FILES.getFirst());

        assertThat(ProfileFolder.types(anchor.toURL())).containsExactlyInAnyOrder("oidc", "acme");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "{}",
                "{'type':'b','issuers':{},'claims':{'sub':'string'},'identity':['sub'],'typ':[]}",
                "{'type':'a','issuers':{},'claims':{'sub':'text'},'identity':['sub'],'typ':[]}",
                "{'type':'a','issuers':{},'claims':{'sub':'string'},'identity':[],'typ':[]}",
                "{'type':'a','issuers':{},'claims':{'sub':'string'},'identity':['id'],'typ':[]}",
                "{'type':'a','issuers':{},'claims':{'sub':'string'},'identity':['sub'],'requires':['id'],'typ':[]}",
                "{'type':'a','issuers':{'https://{city}':[]},'claims':{'sub':'string'},'identity':['sub'],'typ':[]}",
                "{'type':'a','issuers':{},'claims':{'sub':'string'},'identity':['sub'],'typ':[],'shared':{}}",
                "{'type':'a','issuers':{},'claims':{'sub':'string','x':{'at':'/x/*','shape':'string'}},'identity':['sub']}",
                "{'type':'a','issuers':{},'claims':{'sub':'string'},'identity':['sub'],'untrusted':['sub'],'typ':[]}"
            })
    void a_profile_that_breaks_a_rule_stops_the_start(String json) {
        byte[] file = json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);

        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> ProfileFile.read("a", file))
                .withMessageContaining("profile a is malformed");
    }
}
