@NullMarked
package dev.sallyport.api.ctl;

import org.jspecify.annotations.NullMarked;
