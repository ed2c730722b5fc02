@NullMarked
package dev.sallyport.core.directory;

import org.jspecify.annotations.NullMarked;
