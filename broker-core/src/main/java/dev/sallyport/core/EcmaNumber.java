package dev.sallyport.core;

import java.math.BigDecimal;
import java.math.MathContext;

/** Writes a double as ECMAScript does, which is what RFC 8785 section 3.2.2.3 asks for. */
final class EcmaNumber {

    private EcmaNumber() {}

    static String text(double number) {
        if (!Double.isFinite(number)) {
            throw new IllegalArgumentException("JSON has no such number");
        }
        if (number == 0) {
            return "0";
        }
        BigDecimal shortest = shortest(Math.abs(number));
        String digits = shortest.unscaledValue().toString();
        String sign = number < 0 ? "-" : "";
        return sign + place(digits, digits.length() - shortest.scale());
    }

    /** Double.toString gives the shortest digits that read back as the same double, but two at least: 4.9E-324. */
    private static BigDecimal shortest(double number) {
        BigDecimal decimal = new BigDecimal(Double.toString(number)).stripTrailingZeros();
        BigDecimal oneDigit = decimal.round(new MathContext(1));
        return oneDigit.doubleValue() == number ? oneDigit.stripTrailingZeros() : decimal;
    }

    /** The digits with the decimal point after the first {@code point} of them. */
    private static String place(String digits, int point) {
        int count = digits.length();
        if (count <= point && point <= 21) {
            return digits + "0".repeat(point - count);
        }
        if (0 < point && point <= 21) {
            return digits.substring(0, point) + "." + digits.substring(point);
        }
        if (-6 < point && point <= 0) {
            return "0." + "0".repeat(-point) + digits;
        }
        String fraction = count == 1 ? "" : "." + digits.substring(1);
        return digits.charAt(0) + fraction + "e" + (point > 0 ? "+" : "") + (point - 1);
    }
}
