@NullMarked
package dev.sallyport.api.history;

import org.jspecify.annotations.NullMarked;
