package dev.sallyport.api;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import dev.sallyport.core.Hash;
import dev.sallyport.core.Invalid;
import dev.sallyport.core.attest.Attestation;
import dev.sallyport.core.log.Merkle;
import dev.sallyport.core.policy.Ask;
import dev.sallyport.core.policy.Permit;
import dev.sallyport.core.possession.KeyProof;
import dev.sallyport.core.token.AccessToken;
import dev.sallyport.core.token.TokenMinter;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The import table of the modules, and who may make what. A rule that matches no class fails. */
class ArchitectureTest {

    private static final JavaClasses PRODUCT = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.sallyport");

    @Test
    void core_knows_only_the_jdk_jspecify_and_nimbus() {
        check(mayOnlyUse("dev.sallyport.core..", "com.nimbusds.."));
    }

    @Test
    void attestation_providers_know_core_and_cryptography() {
        check(mayOnlyUse(
                "dev.sallyport.attestation..",
                "dev.sallyport.core..",
                "com.nimbusds..",
                "org.bouncycastle..",
                "javax.security.auth.x500.."));
    }

    @Test
    void the_policy_engine_knows_core_and_cel() {
        check(mayOnlyUse("dev.sallyport.policy..", "dev.sallyport.core..", "dev.cel.."));
    }

    @Test
    void the_store_knows_core_jdbc_and_flyway() {
        check(mayOnlyUse(
                "dev.sallyport.store..",
                "dev.sallyport.core..",
                "javax.sql..",
                "javax.crypto..",
                "org.postgresql..",
                "org.flywaydb.."));
    }

    @Test
    void only_the_policy_engine_makes_a_permit() {
        check(noClasses()
                .that()
                .resideOutsideOfPackage("dev.sallyport.policy..")
                .and()
                .doNotHaveFullyQualifiedName(Permit.class.getName())
                .should()
                .callConstructor(Permit.class, Ask.class, List.class, Duration.class, Set.class, List.class));
        assertThat(PRODUCT.get("dev.sallyport.policy.PolicySet").getConstructorCallsFromSelf())
                .anyMatch(call -> call.getTargetOwner().isEquivalentTo(Permit.class));
    }

    @Test
    void only_the_broker_opens_the_minters_door_and_what_times_it() {
        check(noClasses()
                .that()
                .doNotHaveFullyQualifiedName("dev.sallyport.core.Broker")
                .and()
                .doNotHaveFullyQualifiedName("dev.sallyport.api.metrics.TimedRooms")
                .should()
                .callMethod(TokenMinter.class, "mint", Permit.class));
    }

    @Test
    void nothing_outside_core_can_be_an_attestation_or_a_verified_token() {
        for (Class<?> proof : List.of(Attestation.class, AccessToken.class, KeyProof.Held.class)) {
            assertThat(proof.isSealed()).isTrue();
            assertThat(proof.getPermittedSubclasses())
                    .singleElement()
                    .satisfies(made ->
                            assertThat(Modifier.isPublic(made.getModifiers())).isFalse());
        }
    }

    @Test
    void the_rooms_do_not_know_each_other() {
        check(noClasses()
                .that(resideInAPackage("dev.sallyport.core.attest.."))
                .should()
                .dependOnClassesThat(resideInAnyPackage(
                        "dev.sallyport.core.directory..", "dev.sallyport.core.token..", "dev.sallyport.core.log..")));
        check(noClasses()
                .that(resideInAPackage("dev.sallyport.core.log.."))
                .should()
                .dependOnClassesThat(resideInAnyPackage(
                        "dev.sallyport.core.attest..",
                        "dev.sallyport.core.directory..",
                        "dev.sallyport.core.policy..")));
        check(noClasses()
                .that(resideInAPackage("dev.sallyport.core.policy.."))
                .should()
                .dependOnClassesThat(resideInAnyPackage("dev.sallyport.core.token..", "dev.sallyport.core.log..")));
    }

    @Test
    void only_the_wiring_and_the_metrics_know_micrometer() {
        check(noClasses()
                .that()
                .resideOutsideOfPackage("dev.sallyport.api.metrics..")
                .and()
                .doNotHaveFullyQualifiedName("dev.sallyport.api.Wiring")
                .should()
                .dependOnClassesThat(resideInAPackage("io.micrometer..")));
    }

    @Test
    void the_verifier_shares_nothing_with_the_writer_but_hashing() {
        check(noClasses()
                .that(resideInAPackage("dev.sallyport.api.verify.."))
                .should()
                .dependOnClassesThat(resideInAPackage("dev.sallyport..")
                        .and(not(resideInAPackage("dev.sallyport.api.verify..")))
                        .and(not(belongToAnyOf(Hash.class, Merkle.class, Invalid.class)))));
    }

    @Test
    void no_class_has_a_name_that_says_little() {
        check(noClasses().should().haveNameMatching(".*(Manager|Helper|Utils?|Impl|Base)"));
    }

    @Test
    void time_is_injected_in_core_policy_and_attestation() {
        check(noClasses()
                .that()
                .resideInAnyPackage("dev.sallyport.core..", "dev.sallyport.policy..", "dev.sallyport.attestation..")
                .should()
                .callMethod(Instant.class, "now"));
    }

    @Test
    void beans_are_declared_not_found() {
        check(methods()
                .that()
                .areAnnotatedWith("org.springframework.context.annotation.Bean")
                .should()
                .notBePublic());
        check(noClasses()
                .that()
                .areNotAnnotatedWith("org.springframework.context.annotation.Configuration")
                .should()
                .beMetaAnnotatedWith("org.springframework.stereotype.Component"));
        check(noClasses().should().beMetaAnnotatedWith("org.springframework.context.annotation.ComponentScan"));
    }

    private static ArchRule mayOnlyUse(String module, String... libraries) {
        String[] allowed = new String[libraries.length + 3];
        allowed[0] = module;
        allowed[1] = "java..";
        allowed[2] = "org.jspecify..";
        System.arraycopy(libraries, 0, allowed, 3, libraries.length);
        return classes().that().resideInAPackage(module).should().onlyDependOnClassesThat(resideInAnyPackage(allowed));
    }

    private static void check(ArchRule rule) {
        rule.allowEmptyShould(false).check(PRODUCT);
    }
}
