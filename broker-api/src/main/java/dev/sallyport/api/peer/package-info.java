/** Who is at the other end of a connection: its address and its certificate, through configured proxies or directly. */
@NullMarked
package dev.sallyport.api.peer;

import org.jspecify.annotations.NullMarked;
