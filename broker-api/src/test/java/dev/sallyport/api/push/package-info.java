@NullMarked
package dev.sallyport.api.push;

import org.jspecify.annotations.NullMarked;
