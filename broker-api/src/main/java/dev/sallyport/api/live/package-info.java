@NullMarked
package dev.sallyport.api.live;

import org.jspecify.annotations.NullMarked;
