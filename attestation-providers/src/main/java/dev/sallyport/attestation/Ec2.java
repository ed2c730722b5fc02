package dev.sallyport.attestation;

import dev.sallyport.core.Unavailable;

/**
 * Asks AWS whether a machine is there, as {@code ec2:DescribeInstances} does.
 *
 * <p>Duties: answer within two seconds; throw {@link Unavailable} where AWS does not answer, or not clearly: that refuses the
 * caller for now, and binds nothing.
 */
@FunctionalInterface
public interface Ec2 {

    /**
     * Looks for a machine.
     *
     * @return whether it runs or starts, in that account and region, from that image
     */
    boolean runs(String account, String region, String instance, String image);
}
