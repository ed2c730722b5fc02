@NullMarked
package dev.sallyport.api.local;

import org.jspecify.annotations.NullMarked;
