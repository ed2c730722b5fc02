/** What callers prove to hold beside their evidence: a key (DPoP, RFC 9449), a client certificate (RFC 8705). */
@NullMarked
package dev.sallyport.core.possession;

import org.jspecify.annotations.NullMarked;
