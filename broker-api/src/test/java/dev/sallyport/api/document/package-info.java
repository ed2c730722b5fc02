@NullMarked
package dev.sallyport.api.document;

import org.jspecify.annotations.NullMarked;
