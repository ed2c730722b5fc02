@NullMarked
package dev.sallyport.api.outbound;

import org.jspecify.annotations.NullMarked;
