@NullMarked
package dev.sallyport.api.web;

import org.jspecify.annotations.NullMarked;
