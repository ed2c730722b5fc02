package dev.sallyport.api.bench;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One keep-alive connection that speaks just enough HTTP/1.1 (RFC 9112), so that the load costs little CPU.
 *
 * <p>It takes answers with a {@code Content-Length} only, and connects anew where the server has closed the connection.
 */
final class Wire implements AutoCloseable {

    private static final int CONNECT_MILLIS = 2_000;
    private static final int ANSWER_MILLIS = 10_000;
    private static final int LONGEST_ANSWER = 16 * 1024;
    private static final String LENGTH = "\r\ncontent-length:";

    private final int port;
    private final byte[] answer = new byte[LONGEST_ANSWER];
    private @Nullable Socket socket;

    Wire(int port) {
        this.port = port;
    }

    /** The status and the body of an answer. */
    record Answer(int status, String body) {}

    /** Connects if need be, apart from the exchange, so that it is not timed. */
    Socket connected() throws IOException {
        Socket open = socket;
        if (open == null) {
            open = new Socket();
            open.setTcpNoDelay(true);
            open.setSoTimeout(ANSWER_MILLIS);
            open.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MILLIS);
            socket = open;
        }
        return open;
    }

    Answer exchange(byte[] request) throws IOException {
        try {
            Socket open = connected();
            open.getOutputStream().write(request);
            return read(open.getInputStream());
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    private Answer read(InputStream in) throws IOException {
        int length = 0;
        int end = -1;
        while (end < 0) {
            length = more(in, length);
            end = endOfHead(length);
        }
        String head = new String(answer, 0, end, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
        int body = end + 4;
        int total = body + contentLength(head);
        while (length < total) {
            length = more(in, length);
        }
        if (head.contains("\r\nconnection: close")) {
            close();
        }
        int status = Integer.parseInt(head, "http/1.1 ".length(), "http/1.1 200".length(), 10);
        return new Answer(status, new String(answer, body, total - body, StandardCharsets.UTF_8));
    }

    private int more(InputStream in, int length) throws IOException {
        int read = in.read(answer, length, answer.length - length);
        if (read <= 0) {
            throw new IOException("the answer ended early, or is too long");
        }
        return length + read;
    }

    private int endOfHead(int length) {
        for (int i = 3; i < length; i++) {
            if (answer[i] == '\n' && answer[i - 2] == '\n' && answer[i - 1] == '\r' && answer[i - 3] == '\r') {
                return i - 3;
            }
        }
        return -1;
    }

    private static int contentLength(String head) throws IOException {
        int at = head.indexOf(LENGTH);
        if (at < 0) {
            throw new IOException("the answer does not say how long it is");
        }
        int from = at + LENGTH.length();
        int end = head.indexOf('\r', from);
        return Integer.parseInt(
                head.substring(from, end < 0 ? head.length() : end).strip());
    }

    @Override
    public void close() {
        try {
            if (socket != null) {
                socket.close();
            }
        } catch (IOException e) {
            // It is of no use any more either way.
        }
        socket = null;
    }
}
