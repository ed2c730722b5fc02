@NullMarked
package dev.sallyport.core.log;

import org.jspecify.annotations.NullMarked;
