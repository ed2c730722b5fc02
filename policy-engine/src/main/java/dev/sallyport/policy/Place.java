package dev.sallyport.policy;

import java.util.Comparator;

/** Where in the order of agents, targets and actions something stands. */
public record Place(String agent, String target, String action) implements Comparable<Place> {

    /** Before all others. */
    public static final Place START = new Place("", "", "");

    /** Sorts behind every name and every action, which are of printable ASCII. */
    private static final String LAST = "\u007f";

    private static final Comparator<Place> ORDER =
            Comparator.comparing(Place::agent).thenComparing(Place::target).thenComparing(Place::action);

    /** Behind all that an agent has. */
    static Place behind(String agent) {
        return new Place(agent, LAST, LAST);
    }

    /** Behind all actions of an agent at a target. */
    static Place behind(String agent, String target) {
        return new Place(agent, target, LAST);
    }

    @Override
    public int compareTo(Place other) {
        return ORDER.compare(this, other);
    }
}
