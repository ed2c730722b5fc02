package dev.sallyport.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** A connection to the server that can lose every answer. */
final class LossyProxy implements AutoCloseable {

    private final int serverPort;
    private final ServerSocket listening;
    private volatile boolean losing;

    LossyProxy(int serverPort) throws IOException {
        this.serverPort = serverPort;
        this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return listening.getLocalPort();
    }

    /** From now on nothing that the server says arrives, while it goes on hearing. */
    void loseAnswers(boolean whether) {
        losing = whether;
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket client = listening.accept();
                Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
                Thread.ofVirtual().start(() -> pump(client, server, false));
                Thread.ofVirtual().start(() -> pump(server, client, true));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void pump(Socket from, Socket to, boolean answers) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[8192];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                if (!(answers && losing)) {
                    out.write(buffer, 0, read);
                }
            }
        } catch (IOException e) {
            // Either side hung up; the other is closed with it.
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
    }
}
