package dev.sallyport.core.policy;

/**
 * The third room: permits or denies.
 *
 * <p>Duties: deny by default; deny overrides; never throw for what a document or a request holds; no I/O, no lock.
 */
@FunctionalInterface
public interface PolicyEngine {

    Decision decide(Ask ask);
}
