package dev.sallyport.core.jwt;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;

/** Strict UTF-8: what is not, is refused rather than replaced. */
final class Utf8 {

    private Utf8() {}

    static String decode(byte[] bytes) throws ParseException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new ParseException("not UTF-8", 0);
        }
    }
}
