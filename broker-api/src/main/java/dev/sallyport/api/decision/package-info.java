@NullMarked
package dev.sallyport.api.decision;

import org.jspecify.annotations.NullMarked;
