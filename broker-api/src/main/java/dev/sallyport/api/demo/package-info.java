@NullMarked
package dev.sallyport.api.demo;

import org.jspecify.annotations.NullMarked;
