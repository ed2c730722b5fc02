@NullMarked
package dev.sallyport.api.replay;

import org.jspecify.annotations.NullMarked;
