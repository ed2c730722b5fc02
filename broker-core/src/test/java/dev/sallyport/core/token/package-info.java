@NullMarked
package dev.sallyport.core.token;

import org.jspecify.annotations.NullMarked;
