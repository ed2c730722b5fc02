/** Live decisions about tokens that were issued. */
@NullMarked
package dev.sallyport.core.live;

import org.jspecify.annotations.NullMarked;
