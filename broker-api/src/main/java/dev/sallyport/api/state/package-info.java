@NullMarked
package dev.sallyport.api.state;

import org.jspecify.annotations.NullMarked;
