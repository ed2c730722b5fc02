package dev.sallyport.api.demo;

/** Commands to try by hand while broker and platforms stay up. */
final class Invitation {

    private final Narrator narrator;
    private final Platform ci;
    private final Platform cluster;
    private final BrokerProcess broker;

    Invitation(Narrator narrator, Platform ci, Platform cluster, BrokerProcess broker) {
        this.narrator = narrator;
        this.ci = ci;
        this.cluster = cluster;
        this.broker = broker;
    }

    void show() {
        narrator.chapter("Try it yourself: all stays up until Ctrl-C");
        narrator.say("As a job or a pod: other parameters (ref, repository_id, namespace) change who you are.");
        narrator.code("EVIDENCE=$(curl -s '" + ci.tokenUrl() + "?audience=" + broker.baseUrl() + "')");
        narrator.code(
                "EVIDENCE=$(curl -s '" + cluster.tokenUrl() + "?audience=" + broker.baseUrl() + "&namespace=billing')");
        narrator.code(exchange("$EVIDENCE", Story.INVOICES, "invoices:read"));
        narrator.say("As the admin, whose token lasts five minutes:");
        narrator.code(
                "EVIDENCE=$(curl -s '" + ci.tokenUrl() + "?audience=" + broker.baseUrl() + "&repository_id=9000')");
        narrator.code("TOKEN=$(" + exchange("$EVIDENCE", broker.baseUrl() + "/v1", Admin.SCOPES)
                + " \\\n  | sed 's/.*\"access_token\":\"\\([^\"]*\\).*/\\1/')");
        narrator.code(admin("'" + broker.baseUrl() + "/v1/issuances?limit=5'"));
        narrator.code(admin("-i " + broker.baseUrl() + "/v1/policies/billing-reads"));
        narrator.code(
                admin(
                        "-X PUT -H 'If-None-Match: *' -H 'Content-Type: application/json' \\\n"
                                + "  " + broker.baseUrl() + "/v1/policies/nobody-writes \\\n"
                                + "  -d '{\"effect\":\"deny\",\"agents\":[{\"name\":\"*\"}],\"targets\":[\"*\"],\"actions\":[\"*:write\"]}'"));
        narrator.code(admin("-H 'Content-Type: application/json' -d '{\"reason\":\"trying\"}' \\\n  " + broker.baseUrl()
                + "/v1/agents/invoice-bot/suspend"));
        narrator.say("The log itself, as an auditor:");
        narrator.code("PGPASSFILE=" + broker.passwordFile() + " psql -h localhost -p " + broker.databasePort()
                + " -U sallyport_auditor sallyport \\\n  -c \"SELECT index, convert_from(leaf, 'UTF8') FROM"
                + " sallyport.log_entry ORDER BY index\"");
    }

    private String exchange(String evidence, String resource, String scope) {
        return "curl -s " + broker.baseUrl() + "/oauth2/token \\\n"
                + "  -d grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer -d assertion=" + evidence + " \\\n"
                + "  --data-urlencode resource=" + resource + " --data-urlencode 'scope=" + scope + "'";
    }

    private static String admin(String rest) {
        return "curl -s -H \"Authorization: Bearer $TOKEN\" " + rest;
    }
}
