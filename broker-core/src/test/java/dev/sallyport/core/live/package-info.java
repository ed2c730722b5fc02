@NullMarked
package dev.sallyport.core.live;

import org.jspecify.annotations.NullMarked;
