package dev.sallyport.api;

import dev.sallyport.store.KeyChanges;

/** Keeps the keys to their schedule, and once an hour makes sure of how they are sealed. */
final class KeyRotation implements Runnable {

    private static final int AN_HOUR = 60;

    private final KeyChanges keys;
    private int rounds;

    KeyRotation(KeyChanges keys) {
        this.keys = keys;
    }

    /** Once a minute, by one thread. */
    @Override
    public void run() {
        keys.keepSchedule();
        if (++rounds % AN_HOUR == 0) {
            keys.reseal();
        }
    }
}
