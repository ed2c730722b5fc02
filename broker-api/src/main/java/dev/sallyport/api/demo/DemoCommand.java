package dev.sallyport.api.demo;

import dev.sallyport.api.child.Scratch;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code demo}: tells the product's story with a real broker, checking each step. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = "Starts a broker on an embedded PostgreSQL, runs its main job end to end and shows it.")
public final class DemoCommand implements Callable<Integer> {

    @Option(names = "--once", description = "end after the story: exit code 0 if every step held")
    private boolean once;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Narrator narrator = new Narrator(System.out);
        try (Platform platform = Platform.start();
                Scratch scratch = Scratch.open("sallyport-demo")) {
            BrokerProcess broker = new BrokerProcess(scratch, platform.issuer());
            new Story(narrator, platform, broker).tell();
            if (!once) {
                stayUp(narrator, platform, broker);
            }
            return 0;
        } catch (Story.Failed failed) {
            narrator.failed(failed.reason());
            return 1;
        }
    }

    private static void stayUp(Narrator narrator, Platform platform, BrokerProcess broker) throws InterruptedException {
        narrator.chapter("Try it yourself");
        narrator.say("Broker and platform stay up until Ctrl-C. Fetch a platform token, then exchange it:");
        narrator.code("EVIDENCE=$(curl -s '" + platform.tokenUrl() + "?audience=" + broker.baseUrl()
                + "&ref=refs/heads/main')");
        narrator.code("curl -s " + broker.baseUrl() + "/oauth2/token \\\n"
                + "  -d grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer -d assertion=$EVIDENCE \\\n"
                + "  --data-urlencode resource=" + Story.INVOICES + " --data-urlencode scope=invoices:read");
        narrator.say(
                "Another ref, audience or repository_id in the first URL changes who you are. The log, as an auditor:");
        narrator.code("PGPASSFILE=" + broker.passwordFile() + " psql -h localhost -p " + broker.databasePort()
                + " -U sallyport_auditor sallyport \\\n  -c \"SELECT index, convert_from(leaf, 'UTF8') FROM"
                + " sallyport.log_entry ORDER BY index\"");
        new CountDownLatch(1).await();
    }
}
