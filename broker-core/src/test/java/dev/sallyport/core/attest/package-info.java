@NullMarked
package dev.sallyport.core.attest;

import org.jspecify.annotations.NullMarked;
