package dev.sallyport.attestation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.sallyport.core.Invalid;
import dev.sallyport.core.attest.Claims;
import dev.sallyport.core.attest.Verdict;
import dev.sallyport.core.attest.Verdict.Rejected;
import dev.sallyport.core.attest.Verdict.Verified;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is accepted of each platform and what is not: data in {@code testdata/<type>/{accept,reject}}. */
class PlatformCasesTest {

    static Stream<PlatformCase> accepted() {
        return PlatformCase.all().stream().filter(PlatformCase::accepted);
    }

    static Stream<PlatformCase> rejected() {
        return PlatformCase.all().stream().filter(each -> !each.accepted());
    }

    @ParameterizedTest
    @MethodSource("accepted")
    void a_token_of_the_platform_is_verified(PlatformCase platform) {
        assertThat(verdict(platform)).isInstanceOfSatisfying(Verified.class, verified -> {
            assertThat(verified.subject()).isEqualTo(platform.expected().get("subject"));
            assertThat(json(verified.claims())).isEqualTo(PlatformCase.object(platform.expected(), "claims"));
        });
    }

    @ParameterizedTest
    @MethodSource("rejected")
    void what_is_not_the_platforms_or_not_the_owners_is_refused(PlatformCase platform) {
        Map<String, Object> expected = platform.expected();
        if (!expected.containsKey("field")) {
            assertThat(verdict(platform)).isInstanceOfSatisfying(Rejected.class, rejected -> {
                assertThat(rejected.check().label()).isEqualTo(expected.get("check"));
                assertThat(rejected.detail()).contains((String) expected.get("detail"));
            });
            return;
        }
        assertThat(catchThrowable(() -> verdict(platform))).isInstanceOfSatisfying(Invalid.class, invalid -> {
            assertThat(invalid.field()).isEqualTo(expected.get("field"));
            assertThat(invalid.reason()).contains((String) expected.get("reason"));
        });
    }

    @Test
    void every_type_has_cases_of_both_kinds() {
        for (String type : Profiles.shipped().types()) {
            Map<Boolean, List<PlatformCase>> cases = PlatformCase.all().stream()
                    .filter(each -> each.type().equals(type))
                    .collect(Collectors.partitioningBy(PlatformCase::accepted));
            assertThat(cases.get(true)).as(type).isNotEmpty();
            assertThat(cases.get(false)).as(type).isNotEmpty();
        }
    }

    private static Verdict verdict(PlatformCase platform) {
        return new Providers(
                        TestIssuer.BROKER,
                        FakeFetch.nothing(),
                        null,
                        InstantSource.fixed(platform.now()),
                        () -> 0L,
                        Runnable::run)
                .compile(platform.document(), platform.inUse())
                .attestor()
                .attest(platform.token().evidence());
    }

    private static Map<String, Object> json(Claims claims) {
        Map<String, Object> json = new TreeMap<>();
        claims.asMap()
                .forEach((name, value) -> json.put(name, value instanceof Claims.One(var text) ? text : value.texts()));
        return json;
    }
}
