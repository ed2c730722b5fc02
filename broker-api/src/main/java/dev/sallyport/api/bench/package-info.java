@NullMarked
package dev.sallyport.api.bench;

import org.jspecify.annotations.NullMarked;
