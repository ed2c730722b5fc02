@NullMarked
package dev.sallyport.api.lint;

import org.jspecify.annotations.NullMarked;
