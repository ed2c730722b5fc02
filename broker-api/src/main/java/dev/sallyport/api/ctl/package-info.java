/** The command line for people and scripts: it knows a broker by what that serves over HTTP, and nothing else of it. */
@org.jspecify.annotations.NullMarked
package dev.sallyport.api.ctl;
