package dev.sallyport.core.jwt;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.gson.JsonParser;
import com.nimbusds.jose.util.Base64URL;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.Map;

/** Tokens and JSON of any kind. */
class CompactJwtFuzzTest {

    /** A header, a line end, claims: encoded as a token has them, so that what is altered is JSON and not base64. */
    @FuzzTest
    void a_token_that_is_read_keeps_what_it_says(byte[] input) {
        String[] parts = new String(input, StandardCharsets.UTF_8).split("\n", 2);
        String claims = parts.length < 2 ? "{}" : parts[1];
        if (CompactJwt.read(Base64URL.encode(parts[0]) + "." + Base64URL.encode(claims) + ".AA")
                instanceof CompactJwt jwt) {
            assertThat(jwt.payload().keySet())
                    .isEqualTo(JsonParser.parseString(claims).getAsJsonObject().keySet());
            assertThat(jwt.header().getAlgorithm()).isNotNull();
        }
    }

    @FuzzTest
    void any_text_is_a_token_or_told_to_be_none(byte[] input) {
        String text = new String(input, StandardCharsets.ISO_8859_1);
        if (CompactJwt.read(text) instanceof CompactJwt jwt) {
            assertThat(text).endsWith("." + jwt.signature());
        }
    }

    @FuzzTest
    void an_object_that_is_read_has_each_member_that_another_reader_finds(byte[] input) {
        try {
            Map<String, Object> object = StrictJson.object(input);
            assertThat(object.keySet())
                    .isEqualTo(JsonParser.parseString(new String(input, StandardCharsets.UTF_8))
                            .getAsJsonObject()
                            .keySet());
        } catch (ParseException e) {
            assertThat(e.getMessage()).isNotEmpty();
        }
    }
}
