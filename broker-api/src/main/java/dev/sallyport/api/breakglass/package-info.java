@NullMarked
package dev.sallyport.api.breakglass;

import org.jspecify.annotations.NullMarked;
