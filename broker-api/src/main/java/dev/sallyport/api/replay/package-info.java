/** Decides what the log has recorded once more, by other policies. */
@NullMarked
package dev.sallyport.api.replay;

import org.jspecify.annotations.NullMarked;
