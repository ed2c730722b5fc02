@NullMarked
package dev.sallyport.core.jwt;

import org.jspecify.annotations.NullMarked;
