@NullMarked
package dev.sallyport.api.development;

import org.jspecify.annotations.NullMarked;
