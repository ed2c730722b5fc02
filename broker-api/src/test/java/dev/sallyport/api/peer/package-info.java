@NullMarked
package dev.sallyport.api.peer;

import org.jspecify.annotations.NullMarked;
