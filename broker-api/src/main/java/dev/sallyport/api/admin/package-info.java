@NullMarked
package dev.sallyport.api.admin;

import org.jspecify.annotations.NullMarked;
