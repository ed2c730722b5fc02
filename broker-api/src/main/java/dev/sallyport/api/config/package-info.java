@NullMarked
package dev.sallyport.api.config;

import org.jspecify.annotations.NullMarked;
