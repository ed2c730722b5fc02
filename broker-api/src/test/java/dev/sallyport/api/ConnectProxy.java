package dev.sallyport.api;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** An HTTP proxy that knows CONNECT, takes every name for this machine, and remembers what it was asked for. */
final class ConnectProxy implements AutoCloseable {

    private final ServerSocket server;
    private final List<String> asked = new CopyOnWriteArrayList<>();

    private ConnectProxy(ServerSocket server) {
        this.server = server;
    }

    static ConnectProxy start() {
        try {
            ConnectProxy proxy = new ConnectProxy(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
            Thread.ofVirtual().start(proxy::accept);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String url() {
        return "http://localhost:" + server.getLocalPort();
    }

    /** Each {@code HOST:PORT}. */
    List<String> asked() {
        return asked;
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket caller = server.accept();
                Thread.ofVirtual().start(() -> serve(caller));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket caller) {
        try (caller) {
            BufferedReader head =
                    new BufferedReader(new InputStreamReader(caller.getInputStream(), StandardCharsets.US_ASCII), 1);
            String[] request = head.readLine().split(" ", -1);
            asked.add(request[1]);
            while (!head.readLine().isEmpty()) {
                // the rest of the head says nothing of interest
            }
            int port = Integer.parseInt(request[1].substring(request[1].lastIndexOf(':') + 1));
            try (Socket target = new Socket(InetAddress.getLoopbackAddress(), port)) {
                caller.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                Thread back = Thread.ofVirtual().start(() -> copy(target, caller));
                copy(caller, target);
                back.join();
            }
        } catch (IOException e) {
            // whoever is on either side notices
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void copy(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
            to.shutdownOutput();
        } catch (IOException e) {
            // the other side has hung up
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
