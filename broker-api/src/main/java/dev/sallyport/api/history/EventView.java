package dev.sallyport.api.history;

import dev.sallyport.store.LogEntry;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An entry of any type as auditors read it. What it does not have is left out. */
final class EventView {

    private EventView() {}

    static Map<String, @Nullable Object> item(LogEntry entry, boolean raw) {
        Map<String, @Nullable Object> leaf = IssuanceView.object(entry.leaf());
        Map<String, @Nullable Object> view = new LinkedHashMap<>();
        view.put("index", entry.index());
        view.put("time", leaf.get("time"));
        view.put("type", leaf.get("type"));
        view.put("outcome", leaf.get("outcome"));
        view.put("jti", leaf.get("jti"));
        view.put("tokenSha256", leaf.get("token_sha256"));
        view.put("expires", leaf.get("expires"));
        if (entry.detail() == null) {
            view.put("erased", entry.erasure());
        } else {
            view.put("detail", IssuanceView.object(entry.detail()));
        }
        if (raw) {
            view.put("leaf", IssuanceView.base64(entry.leaf()));
            view.put("detailBytes", IssuanceView.base64(entry.detail()));
            view.put("salt", IssuanceView.base64(entry.salt()));
        }
        return IssuanceView.known(view);
    }
}
