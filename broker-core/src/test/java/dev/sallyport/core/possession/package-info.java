@NullMarked
package dev.sallyport.core.possession;

import org.jspecify.annotations.NullMarked;
