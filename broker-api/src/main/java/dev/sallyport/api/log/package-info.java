/** The log as anyone may read it over HTTP: key, checkpoint, tiles, receipts. */
@NullMarked
package dev.sallyport.api.log;

import org.jspecify.annotations.NullMarked;
