package dev.sallyport.api.ctl;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/** {@code ctl doctor}: whether a bundle would start a broker, and whether a broker is well. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description = {
            "Checks a running broker as anyone can see it: metadata, keys, clocks, the log, its health, and your"
                    + " token.",
            "With --bundle it checks a file instead, as serve would, without a broker and without the network.",
            "Exit code 0: all is well; 1: a check failed."
        })
final class DoctorCommand extends BrokerCommand {

    @Option(names = "--bundle", paramLabel = "FILE", description = "a bundle to check offline")
    private @Nullable Path bundle;

    @Option(
            names = "--assume-issuer",
            paramLabel = "URL",
            defaultValue = "https://broker.example",
            description = "with --bundle, the issuer that the broker will have (https://broker.example)")
    private String assumed = "";

    @Option(
            names = "--management",
            paramLabel = "URL",
            description =
                    "the broker's management port, for its health; or SALLYPORT_MANAGEMENT (http://localhost:9090 for a"
                            + " broker on this machine)")
    private @Nullable String management;

    @Override
    int run() throws Failure {
        Findings findings = bundle == null ? ofBroker() : new BundleCheck(bundle, assumed).run();
        if (structured()) {
            ArrayNode list = JsonMapper.shared().createArrayNode();
            findings.all()
                    .forEach(each -> list.addObject()
                            .put("check", each.check())
                            .put("status", each.status().toString())
                            .put("detail", each.detail()));
            out().println(list);
        } else {
            Table table = new Table("CHECK", "STATUS", "DETAIL");
            findings.all().forEach(each -> table.add(each.check(), each.status().toString(), each.detail()));
            print(table);
        }
        return findings.failed() ? Failure.NEGATIVE : 0;
    }

    private Findings ofBroker() throws Failure {
        Broker broker = broker();
        String given = management != null
                ? management
                : surroundings().variable("SALLYPORT_MANAGEMENT").orElse(null);
        return new BrokerCheck(broker, surroundings(), evidence(), given).run();
    }
}
