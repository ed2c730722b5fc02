package dev.sallyport.attestation;

import java.util.regex.Pattern;

/** The names of AWS regions, and the partitions that they are in. */
final class AwsRegion {

    private static final Pattern NAME = Pattern.compile("[a-z]{2}(-[a-z]{2,12}){1,2}-[0-9]{1,2}");
    private static final Pattern ACCOUNT = Pattern.compile("[0-9]{12}");

    private AwsRegion() {}

    static boolean is(String name) {
        return NAME.matcher(name).matches();
    }

    /** Whether it is the id of an AWS account. */
    static boolean isAccount(String id) {
        return ACCOUNT.matcher(id).matches();
    }

    /** The partition that the region's ARNs name. */
    static String partition(String region) {
        if (region.startsWith("cn-")) {
            return "aws-cn";
        }
        return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
    }

    /** The host of its security token service. */
    static String sts(String region) {
        return "sts." + region + (region.startsWith("cn-") ? ".amazonaws.com.cn" : ".amazonaws.com");
    }
}
