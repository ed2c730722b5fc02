package dev.sallyport.store;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.core.Invalid;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Roles belong to the whole server, so each test makes its own and drops it. */
class RoleCheckTest {

    private final TestDatabase database = TestDatabase.create();

    @BeforeEach
    void a_role_that_can_do_what_the_broker_can() {
        database.execute("CREATE ROLE tested LOGIN; CREATE ROLE between NOLOGIN; GRANT sallyport_broker TO tested");
    }

    @AfterEach
    void drop() {
        database.execute("ALTER DATABASE " + database.name()
                + " OWNER TO postgres; DROP OWNED BY tested, between CASCADE; " + "DROP ROLE tested, between");
    }

    @Test
    void the_role_as_it_should_be_passes() {
        assertThatCode(() -> RoleCheck.run(database.as(TestDatabase.BROKER))).doesNotThrowAnyException();
        assertThatCode(() -> RoleCheck.run(database.as("tested"))).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ALTER ROLE tested SUPERUSER | is a superuser",
                "ALTER ROLE tested CREATEROLE | has CREATEROLE",
                "ALTER ROLE between CREATEROLE; GRANT between TO tested | may act as between, which has CREATEROLE",
                "GRANT sallyport_owner TO tested | may act as sallyport_owner, which owns",
                "GRANT sallyport_owner TO between; GRANT between TO tested | may act as sallyport_owner, which owns",
                "ALTER ROLE tested NOINHERIT; GRANT sallyport_owner TO tested | may act as sallyport_owner, which owns",
                "ALTER DATABASE :database OWNER TO tested | owns database",
                "ALTER TABLE sallyport.setting OWNER TO tested | owns sallyport.setting",
                "ALTER FUNCTION sallyport.reject_change() OWNER TO between; GRANT between TO tested "
                        + "| may act as between, which owns function sallyport.reject_change",
                "GRANT pg_write_all_data TO tested | may act as pg_write_all_data",
                "GRANT pg_write_server_files TO tested | may act as pg_write_server_files",
                "GRANT pg_execute_server_program TO between; GRANT between TO tested "
                        + "| may act as pg_execute_server_program",
                "GRANT UPDATE ON sallyport.log_entry TO tested | has UPDATE on sallyport.log_entry",
                "GRANT UPDATE (detail) ON sallyport.log_entry TO tested | has UPDATE on sallyport.log_entry",
                "GRANT UPDATE (leaf) ON sallyport.log_entry_1 TO tested | has UPDATE on sallyport.log_entry_1",
                "GRANT DELETE ON sallyport.log_entry_0 TO PUBLIC | has DELETE on sallyport.log_entry_0",
                "GRANT TRUNCATE ON sallyport.log_hash TO between; GRANT between TO tested "
                        + "| has TRUNCATE on sallyport.log_hash",
                "GRANT TRIGGER ON sallyport.log_head TO tested | has TRIGGER on sallyport.log_head",
                "GRANT DELETE ON sallyport.log_head TO tested | has DELETE on sallyport.log_head",
                "GRANT DELETE ON sallyport.erased TO tested | has DELETE on sallyport.erased",
                "GRANT CREATE ON SCHEMA sallyport TO tested | has CREATE on schema sallyport",
            })
    void a_role_that_could_alter_the_log_is_refused_by_the_name_of_the_privilege(String grant, String told) {
        database.execute(grant.replace(":database", database.name()));
        assertThatThrownBy(() -> RoleCheck.run(database.as("tested")))
                .isInstanceOf(Invalid.class)
                .hasMessageStartingWith("spring.datasource.username: ")
                .hasMessageContaining(told);
    }

    @ParameterizedTest
    @CsvSource({
        "log_entry, DISABLE, no_change",
        "log_entry_1, ENABLE, no_change",
        "log_entry_0, ENABLE REPLICA, no_truncate",
        "log_hash, DISABLE, no_truncate",
        "log_head, ENABLE, grows",
        "log_head, DISABLE, no_delete",
        "erased, DISABLE, is_logged",
    })
    void a_trigger_that_does_not_hold_for_everyone_is_named(String table, String state, String trigger) {
        database.execute("ALTER TABLE sallyport." + table + " " + state + " TRIGGER " + trigger);
        assertThatThrownBy(() -> RoleCheck.run(database.as(TestDatabase.BROKER)))
                .isInstanceOf(Invalid.class)
                .hasMessageContaining(trigger + " on sallyport." + table);
    }

    @Test
    void a_store_is_not_opened_by_such_a_role() {
        database.execute("GRANT DELETE ON sallyport.log_entry TO tested");
        assertThatThrownBy(() -> PostgresStore.open(
                        database.as("tested"),
                        database.as("tested"),
                        new KeySealer(new byte[32]),
                        InstantSource.system(),
                        (entries, nanos) -> {}))
                .isInstanceOf(Invalid.class);
    }
}
