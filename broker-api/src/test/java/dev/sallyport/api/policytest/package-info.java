@NullMarked
package dev.sallyport.api.policytest;

import org.jspecify.annotations.NullMarked;
