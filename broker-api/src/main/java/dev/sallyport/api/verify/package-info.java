@NullMarked
package dev.sallyport.api.verify;

import org.jspecify.annotations.NullMarked;
