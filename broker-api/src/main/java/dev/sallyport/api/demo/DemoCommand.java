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
        try (Platform ci = Platform.start(PlatformClaims::ofJob);
                Platform cluster = Platform.start(PlatformClaims::ofPod);
                Scratch scratch = Scratch.open("sallyport-demo")) {
            BrokerProcess broker = new BrokerProcess(scratch, ci, cluster);
            new Story(narrator, ci, cluster, broker).tell();
            if (!once) {
                new Invitation(narrator, ci, cluster, broker).show();
                new CountDownLatch(1).await();
            }
            return 0;
        } catch (Story.Failed failed) {
            narrator.failed(failed.reason());
            return 1;
        }
    }
}
