package dev.sallyport.api.bench;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Figures as they are shown: three digits say all that such measurements know. */
final class Digits {

    private static final MathContext THREE = new MathContext(3);

    private Digits() {}

    /** For people; {@code n/a} where it is not known. */
    static String shown(double figure) {
        if (!isKnown(figure)) {
            return "n/a";
        }
        BigDecimal rounded = rounded(figure);
        return rounded.scale() <= 0 ? String.format(Locale.ROOT, "%,d", rounded.longValue()) : rounded.toPlainString();
    }

    /** For programs; null where it is not known. */
    static @Nullable Double number(double figure) {
        return isKnown(figure) ? rounded(figure).doubleValue() : null;
    }

    /** A count, all of its digits. */
    static String whole(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    private static boolean isKnown(double figure) {
        return Double.isFinite(figure) && figure >= 0;
    }

    private static BigDecimal rounded(double figure) {
        return new BigDecimal(figure).round(THREE);
    }
}
