@NullMarked
package dev.sallyport.api.metrics;

import org.jspecify.annotations.NullMarked;
