/** Sends the log to where others look at it. */
@NullMarked
package dev.sallyport.api.push;

import org.jspecify.annotations.NullMarked;
