package dev.sallyport.attestation;

import dev.sallyport.core.attest.Enrolments;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** What the types say whose evidence is no token: the claims that their attestors make. */
final class DocumentClaims {

    private static final Map<String, PlatformClaims> BY_TYPE = Map.of(
            AwsIdentityDocument.TYPE,
            claims(
                    AwsIdentityDocument.TYPE,
                    List.of(
                            "account_id",
                            "region",
                            "instance_id",
                            "image_id",
                            "instance_type",
                            "architecture",
                            "availability_zone",
                            "private_ip",
                            "kernel_id",
                            "ramdisk_id",
                            "pending_time",
                            Enrolments.CLAIM),
                    List.of("billing_products", "marketplace_product_codes"),
                    Set.of("account_id", "instance_id")),
            AwsCallerIdentity.TYPE,
            claims(
                    AwsCallerIdentity.TYPE,
                    List.of("account_id", "arn", "partition", "role_name", "user_name", "session_name", "user_id"),
                    List.of(),
                    Set.of("account_id", "user_id")),
            AzureAttestedDocument.TYPE,
            claims(
                    AzureAttestedDocument.TYPE,
                    List.of(
                            "vm_id",
                            "subscription_id",
                            "sku",
                            "license_type",
                            "plan_name",
                            "plan_product",
                            "plan_publisher"),
                    List.of(),
                    Set.of("vm_id", "subscription_id")));

    private DocumentClaims() {}

    static Optional<PlatformClaims> of(String type) {
        return Optional.ofNullable(BY_TYPE.get(type));
    }

    private static PlatformClaims claims(String type, List<String> texts, List<String> lists, Set<String> identity) {
        Map<String, Shape> shapes = new TreeMap<>();
        texts.forEach(name -> shapes.put(name, Shape.STRING));
        lists.forEach(name -> shapes.put(name, Shape.LIST));
        return new PlatformClaims(type, new TreeMap<>(shapes), identity, Map.of(), false);
    }
}
