@NullMarked
package dev.sallyport.api.child;

import org.jspecify.annotations.NullMarked;
