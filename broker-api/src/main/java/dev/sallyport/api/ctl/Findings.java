package dev.sallyport.api.ctl;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What was found, in the order in which it was looked at. */
final class Findings {

    private final List<Finding> found = new ArrayList<>();

    /** How something stands. */
    enum Status {
        OK,
        /** Nothing that has to be mended, or something that could not be looked at. */
        NOTE,
        FAILED;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** One of them. */
    record Finding(String check, Status status, String detail) {}

    void ok(String check, String detail) {
        found.add(new Finding(check, Status.OK, detail));
    }

    void note(String check, String detail) {
        found.add(new Finding(check, Status.NOTE, detail));
    }

    void failed(String check, String detail) {
        found.add(new Finding(check, Status.FAILED, detail));
    }

    List<Finding> all() {
        return List.copyOf(found);
    }

    boolean failed() {
        return found.stream().anyMatch(each -> each.status() == Status.FAILED);
    }
}
