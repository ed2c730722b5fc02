@NullMarked
package dev.sallyport.api.security;

import org.jspecify.annotations.NullMarked;
