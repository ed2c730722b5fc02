package dev.sallyport.policy;

import org.jspecify.annotations.Nullable;

/**
 * A row that two revisions do not have in common, or of which they say different things.
 *
 * @param before the row until then; null where it is gained
 * @param after the row from then on; null where it is lost
 */
public record AccessChange(
        Place place, @Nullable Access before, @Nullable Access after) implements AccessPage.Item {

    @Override
    public int size() {
        return (before == null ? 0 : before.size()) + (after == null ? 0 : after.size());
    }
}
