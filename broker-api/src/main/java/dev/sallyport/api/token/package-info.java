@NullMarked
package dev.sallyport.api.token;

import org.jspecify.annotations.NullMarked;
